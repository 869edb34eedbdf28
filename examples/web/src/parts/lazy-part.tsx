import { type ComponentType, useCallback, useEffect, useState } from "react";

/** A part of a screen whose code is loaded when a person first needs it. */
export interface LazyPart<Props> {
  readonly load: () => Promise<void>;
  readonly loaded: () => ComponentType<Props> | undefined;
}

/** Browsers remember that a script did not arrive: only a new load of the page asks for it again. */
export class PartNotLoaded extends Error {
  constructor() {
    super("This part of the page cannot be loaded. Check your connection.");
  }
}

/** The error of a script that did not arrive, in the words of the app instead of those of each browser. */
export const inWords = (error: unknown): unknown =>
  error instanceof TypeError && /dynamically imported module|module script/.test(error.message)
    ? new PartNotLoaded()
    : error;

export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  let loaded: ComponentType<Props> | undefined;
  return {
    load: async () => {
      loaded ??= await load();
    },
    loaded: () => loaded,
  };
}

/**
 * The part once it is wanted and loaded, what asks for it, and what loads it ahead. Loading ahead alone must not show
 * it: an element that is replaced between a press and its release takes no click.
 */
export function useLazyPart<Props>(
  part: LazyPart<Props>,
): readonly [ComponentType<Props> | undefined, () => void, () => void] {
  const [isWanted, setWanted] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const want = useCallback(() => {
    part.load().then(
      () => setWanted(true),
      () => setFailed(true),
    );
  }, [part]);
  // A failure is reported when the part is wanted.
  const preload = useCallback(() => void part.load().catch(() => {}), [part]);
  if (hasFailed) throw new PartNotLoaded();
  return [isWanted ? part.loaded() : undefined, want, preload];
}

/** A dialog that is loaded when it is first opened. */
export function LazyDialog<Props extends { readonly opened: boolean }>({
  part,
  props,
}: {
  readonly part: LazyPart<Props>;
  readonly props: Props;
}) {
  const [Dialog, want] = useLazyPart(part);
  const [isMounted, setMounted] = useState(false);
  useEffect(() => {
    if (props.opened) want();
  }, [props.opened, want]);
  // It opens after it is mounted: only then does the focus return to the button when it closes.
  useEffect(() => setMounted(Dialog !== undefined), [Dialog]);
  return Dialog && <Dialog {...props} opened={props.opened && isMounted} />;
}
