import type { Status, Task, TaskList } from "@onswift/sdk";
import { useMutation } from "@tanstack/react-query";
import { onswift } from "../app/onswift.ts";
import { cache, changed } from "./cache.ts";
import { boardTasks } from "./queries.ts";

/** Moves a task to another status: on the screen at once, and back if the backend refuses. */
export function useMoveTask(projectId: string) {
  const { queryKey } = boardTasks(projectId);
  return useMutation({
    mutationFn: ({ task, status }: { readonly task: Task; readonly status: Status }) =>
      onswift.tasks.setStatus(task.projectId, task.id, status).orThrow(),
    onMutate: async ({ task, status }) => {
      // A load that is under way would bring the old status back.
      await cache.cancelQueries({ queryKey });
      const before = cache.getQueryData<TaskList>(queryKey);
      cache.setQueryData<TaskList>(queryKey, (list) => {
        if (list === undefined) return list;
        const moved = (one: Task) => (one.id === task.id ? { ...one, status } : one);
        return { ...list, tasks: list.tasks.map(moved) };
      });
      return before;
    },
    onError: (_error, _input, before) => cache.setQueryData(queryKey, before),
    onSettled: () => changed("tasks", "project", "projects", "calendar"),
  });
}
