/** The public card of a user: what other users see of them in projects, tasks and conversations. */
export interface UserCard {
  readonly id: string;
  readonly name: string;
  readonly avatarUrl: string | null;
}
