import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import { changed } from "./cache.ts";

/** A write. When it has succeeded, the topics are loaded again, here and in other tabs. */
export function useAction<Output, Input = void>(
  run: (input: Input) => Promise<Output>,
  topics: readonly string[],
  onDone?: (output: Output, input: Input) => void,
): UseMutationResult<Output, Error, Input> {
  return useMutation({
    mutationFn: run,
    onSuccess: async (output, input) => {
      onDone?.(output, input);
      await changed(...topics);
    },
  });
}
