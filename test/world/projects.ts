/** The date in so many days, as `YYYY-MM-DD`. */
export const inDays = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

export const aProject = (fields: object = {}) => ({
  name: "Trailer",
  description: "Sixty seconds",
  dueDate: inDays(30),
  ...fields,
});

export const aTask = (assigneeId: string, fields: object = {}) => ({
  name: "Rough cut",
  description: "First pass",
  assigneeId,
  dueDate: inDays(7),
  ...fields,
});

export type ProjectFields = ReturnType<typeof aProject>;
export type TaskFields = ReturnType<typeof aTask>;
