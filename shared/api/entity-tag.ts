/** One entity tag (RFC 9110), weak or strong: whatever else comes as If-Match is none. */
export const ENTITY_TAG = /^(?:W[/])?"[!#-~]*"$/;
