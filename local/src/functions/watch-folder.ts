import { relative, sep } from "node:path";
import { watch } from "chokidar";

/** Files that no function consists of: tests, and what editors and version control leave behind. */
const irrelevant =
  /(\.test\.[jt]sx?|~|\.sw.|\.tmp)$|(^|[\\/])(\.git|node_modules)([\\/]|$)|[\\/]tests?([\\/]|$)/;
/** Editors write in several steps; milliseconds without a change end them. */
const quiet = 150;

/**
 * Watches a folder and everything below it. Calls back with the names of the entries of `folder` in which
 * something changed, once it is quiet. Resolves, when it watches, with how to stop.
 */
export async function watchFolder(
  folder: string,
  onChange: (names: ReadonlySet<string>) => void,
  onError: (error: Error) => void,
): Promise<() => Promise<void>> {
  let changed = new Set<string>();
  let pause: NodeJS.Timeout | undefined;

  const watcher = watch(folder, {
    ignoreInitial: true,
    ignored: (path) => irrelevant.test(relative(folder, path)),
  });
  watcher.on("error", (error) => onError(error as Error));
  watcher.on("all", (_event, path) => {
    changed.add(relative(folder, path).split(sep, 1)[0] ?? "");
    clearTimeout(pause);
    pause = setTimeout(() => {
      const names = changed;
      changed = new Set();
      onChange(names);
    }, quiet);
  });
  await new Promise<void>((resolve) => watcher.once("ready", resolve));
  return async () => {
    clearTimeout(pause);
    await watcher.close();
  };
}
