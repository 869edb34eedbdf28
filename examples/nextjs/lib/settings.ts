/** Where the backend is. `NEXT_PUBLIC_` values are built into the pages: the key is the publishable one. */
export const url = process.env.NEXT_PUBLIC_ONSWIFT_URL ?? "http://127.0.0.1:54321";
export const key = process.env.NEXT_PUBLIC_ONSWIFT_KEY ?? "";
