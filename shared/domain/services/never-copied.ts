/** Why service objects are neither copied nor set back, in words for people. */

export const whyNotCopied =
  'A service of an app holds what people sign in with and what they entered, so it is neither exported nor imported. ' +
  'Its declaration is in the app’s repository or the composition’s manifest; Data has an export of each collection (aidevos objects call service/shop.data export \'{"collection":"products"}\').';

/** To stand after "because". */
export const whyNotSetBack =
  'people and the app have acted on it since. Deploy the version of the app, or compose the manifest, that declares what it was';
