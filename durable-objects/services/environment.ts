/** What the operator gives to the service objects; nothing of it reaches an app. */
export interface ServiceEnvironment {
  /** Origins that connectors and providers of every group may be at, separated by spaces or commas; private ones too. */
  readonly APP_EGRESS_ORIGINS?: string;
  readonly [secret: `APP_SECRET_${string}`]: string | undefined;
}

/** What the person who answers for a group lets it reach: public origins over https. */
export interface Grants {
  readonly allowedOrigins: readonly string[];
}
