/** One part of the figures about quality: what it is called, and how it is measured. */
export interface QualityPart {
  readonly name: string;
  /** Figures of one run on this machine; what they are compared with is measured in the same run. */
  readonly measure: (tell: (line: string) => void) => Promise<object>;
}
