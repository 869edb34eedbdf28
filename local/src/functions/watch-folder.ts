import { watch } from "node:fs";
import { sep } from "node:path";

/** Files that no function is made of: tests, editors' and version control's leftovers. */
const irrelevant = /(\.test\.[jt]sx?|~|\.sw.|\.tmp)$|(^|[\\/])(\.git|test|tests)([\\/]|$)/;

/**
 * Calls back with the first folders (or files) below `folder` that changed, once things are quiet, because
 * editors write in several steps. Returns how to stop; throws when the folder can't be watched.
 */
export function watchFolder(
  folder: string,
  onChange: (names: ReadonlySet<string>) => void,
  onError: (error: Error) => void,
): () => void {
  let changed = new Set<string>();
  let pause: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive: true }, (_event, file) => {
    if (file === null || irrelevant.test(file)) return;
    changed.add(file.split(sep, 1)[0] ?? "");
    clearTimeout(pause);
    pause = setTimeout(() => {
      const names = changed;
      changed = new Set();
      onChange(names);
    }, 150);
  });
  watcher.on("error", onError);
  return () => {
    clearTimeout(pause);
    watcher.close();
  };
}
