import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { Deadline } from "./core/deadline.ts";
import type { ImageSize } from "./types/files.ts";

/** Returns the size as a query string; empty for the original. */
export function sizeQuery(size: ImageSize): string {
  const { width, height, resize } = onlyKeys(size, "width", "height", "resize");
  const given = Object.entries({ width, height, resize }).filter(
    ([, value]) => value !== undefined,
  );
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** Public images in another size. Asks Storage once whether it transforms images: not every plan does. */
export class PublicImages {
  readonly #backend: Backend;
  #transforms: boolean | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Returns the URL of the smaller image, or the given one if there is none. */
  async urlOf(deadline: Deadline, url: string, size: ImageSize): Promise<string> {
    const query = sizeQuery(size);
    const smaller = `${url.replace("/storage/v1/object/", "/storage/v1/render/image/")}?${query}`;
    if (query === "" || this.#transforms === false || smaller === `${url}?${query}`) return url;
    if (this.#transforms === undefined) {
      const request = { method: "HEAD", signal: deadline.signal };
      const status = await deadline.race(
        this.#backend.connection.fetch(smaller, request).then(
          (response) => response.status,
          () => 0,
        ),
      );
      if (status === 200) this.#transforms = true;
      // What hosted projects without transformation answer, and those where it is off.
      else if (status === 403 || status === 404) this.#transforms = false;
    }
    return this.#transforms === true ? smaller : url;
  }
}
