/** The closed list of error codes; http.ts maps every fault to one of them. */
export const ERROR_CODES = [
  "MISSING_PARAM",
  "INVALID_PARAM",
  "INVALID_BODY",
  "BODY_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "UNAUTHORIZED",
  "FORBIDDEN",
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "CONFLICT",
  "KEY_REUSED",
  "HOST_NOT_ALLOWED",
  "NO_MODEL",
  "RATE_LIMITED",
  "UNAVAILABLE",
  "INTERNAL",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];
