/** Waits about 8 seconds for the scan of a file, which normally takes a fraction of a second. */
export const untilScanned = {
  minTimeout: 50,
  maxTimeout: 500,
  multiplier: 1.5,
  maxAttempts: 20,
  jitter: 0,
};
