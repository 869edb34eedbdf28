import { unreachable } from "./auth-error.ts";

/** Waits for a part of the SDK that is loaded when it is first used. Without a network, it cannot be. */
export const loaded = <Module>(module: Promise<Module>): Promise<Module> =>
  module.catch((cause) => {
    throw unreachable(cause);
  });
