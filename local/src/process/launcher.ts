import { spawnSync } from "node:child_process";
import { chownSync, existsSync, readFileSync, statSync } from "node:fs";

/** An unprivileged account of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** How to start programs for the cluster: as whom, and with which wrapper. */
export interface Launcher {
  /** The account the programs run as; `undefined` means ours. */
  readonly account: Account | undefined;
  /** Program and arguments that run `command`, ending it with `signal` when this process dies. */
  wrap(command: readonly string[], signal?: "INT" | "TERM"): readonly [string, readonly string[]];
  /** Spawn options that go with it. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
  /** Hands a file or folder over to the account. */
  own(path: string): void;
}

/**
 * PostgreSQL refuses to run as root. Under root it therefore runs as the owner of an existing cluster, or
 * as `postgres`, or as `nobody`. That account must be able to walk to `paths` even when a parent folder is
 * root's alone (a checkout made by `mktemp -d`): `setpriv` then leaves it the capability of
 * walking through folders, and nothing else of root.
 */
export function chooseLauncher(dataDir: string, paths: readonly string[]): Launcher {
  const root = process.getuid?.() === 0;
  if (!root) refuseOthersData(dataDir);
  const account = root ? unprivileged(dataDir) : undefined;
  const setpriv = hasSetpriv();
  if (account === undefined) return launcher(undefined, setpriv, []);
  const identity = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    "--clear-groups",
    "--no-new-privs",
  ];
  if (setpriv) {
    for (const extra of [[], ...walking]) {
      const flags = [...identity, ...extra];
      if (reaches(flags, paths)) return launcher(account, true, flags);
    }
  } else if (paths.every(isOpenToAll)) {
    return launcher(account, false, []);
  }
  throw new Error(
    `PostgreSQL cannot run as root, and the account "${account.name}" may not enter the folders of ${paths.join(" and ")}. Start as an ordinary user, or move them below folders that everybody may enter (chmod o+x).`,
  );
}

/** The first capability is enough; containers often have only the second. */
const walking = ["dac_read_search", "dac_override"].map((capability) => [
  `--inh-caps=+${capability}`,
  `--ambient-caps=+${capability}`,
  // initdb asks with access(2), which forgets capabilities of anybody but root without this.
  "--securebits=+no_setuid_fixup",
]);

/** Starts programs as ourselves. */
export const plainLauncher = (): Launcher => launcher(undefined, hasSetpriv(), []);

function launcher(
  account: Account | undefined,
  setpriv: boolean,
  flags: readonly string[],
): Launcher {
  return {
    account,
    wrap([program = "", ...args], signal) {
      if (!setpriv) return [program, args];
      const death = signal === undefined ? [] : [`--pdeathsig=${signal}`];
      if (flags.length + death.length === 0) return [program, args];
      return ["setpriv", [...flags, ...death, "--", program, ...args]];
    },
    identity: account === undefined || setpriv ? {} : { uid: account.uid, gid: account.gid },
    own: (path) => {
      if (account !== undefined) chownSync(path, account.uid, account.gid);
    },
  };
}

function unprivileged(dataDir: string): Account {
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const owner = existsSync(dataDir) ? statSync(dataDir) : undefined;
  if (owner !== undefined && owner.uid !== 0) {
    const known = accounts.find(({ uid }) => uid === owner.uid);
    return { name: known?.name ?? String(owner.uid), uid: owner.uid, gid: owner.gid };
  }
  const account = ["postgres", "nobody"]
    .map((wanted) => accounts.find(({ name, uid }) => name === wanted && uid > 0))
    .find((found) => found !== undefined);
  if (account !== undefined) return account;
  throw new Error(
    'PostgreSQL cannot run as root, and this machine has neither an account "postgres" nor "nobody". Start as an ordinary user.',
  );
}

function refuseOthersData(dataDir: string): void {
  const us = process.getuid?.();
  const owner = existsSync(dataDir) ? statSync(dataDir).uid : us;
  if (owner === us) return;
  throw new Error(
    `The database in ${dataDir} belongs to another account (user id ${owner}): it was started by that one, or by root. Start as that one, or give this start a --data-dir of its own.`,
  );
}

/** util-linux has it, Alpine's busybox only a smaller one: what counts is that it takes our flags. */
const hasSetpriv = (): boolean =>
  process.platform === "linux" &&
  spawnSync("setpriv", ["--pdeathsig=INT", "--", "true"], { stdio: "ignore" }).status === 0;

function reaches(flags: readonly string[], paths: readonly string[]): boolean {
  const test = paths.map((_, index) => `test -x "$${index + 1}"`).join(" && ");
  const args = [...flags, "--", "sh", "-c", test, "sh", ...paths];
  return spawnSync("setpriv", args, { stdio: "ignore", cwd: "/" }).status === 0;
}

function isOpenToAll(path: string): boolean {
  const parts = path.split("/");
  return parts.every((_, index) => {
    const folder = parts.slice(0, index + 1).join("/") || "/";
    return (statSync(folder).mode & 0o001) !== 0;
  });
}
