/** The little that others see of any user inside other answers. */
export interface UserCard {
  readonly id: string;
  readonly name: string;
  readonly avatarUrl: string | null;
}
