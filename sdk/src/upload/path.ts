/** Encodes a path in Storage for a URL. */
export const encodePath = (path: string): string =>
  path.split("/").map(encodeURIComponent).join("/");
