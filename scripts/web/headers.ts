/** Headers of every answer. They are few, because each file of the first load has them. */
export const always = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  vary: "accept-encoding",
} as const;

/** Headers of the page. What it does not use is off, also for a script that should ever get in. */
export const ofPage = (backend: string) => ({
  "content-security-policy": policy(backend),
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  // For browsers that do not know frame-ancestors.
  "x-frame-options": "DENY",
});

/** Only this app's own scripts run, and they reach only its backend. */
function policy(backend: string): string {
  const { origin } = new URL(backend);
  const socket = origin.replace(/^http/, "ws");
  return [
    "default-src 'none'",
    "script-src 'self'",
    // Components place popovers and colours with style attributes.
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: ${origin}`,
    `media-src ${origin}`,
    `connect-src 'self' ${origin} ${socket}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
