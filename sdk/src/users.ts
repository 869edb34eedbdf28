import { pick } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { Deadline } from "./core/deadline.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call } from "./core/result.ts";
import type { FileInput, UploadedFile } from "./types/files.ts";
import type { UploadOptions, UploadTask } from "./types/uploads.ts";
import type {
  AccountExport,
  BlockList,
  DeleteAccount,
  Me,
  ProfilePatch,
  PublicProfile,
  SkillList,
} from "./types/users.ts";
import { untilClean } from "./upload/scan.ts";
import { type Run, uploadTask } from "./upload/task.ts";

/** Profiles: one's own, and those of talents. */
export class Users {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The signed-in user's own profile. */
  me(options?: CallOptions): Call<Me> {
    return call(() => this.#backend.run({ name: "get_me", kind: "read" }, options));
  }

  /**
   * Changes one's own profile; what `patch` leaves out stays, `null` clears.
   *
   * Errors: `VALIDATION_ERROR`, which names every bad field: also those of the other role,
   * and the ones that never change (`email`, `userType`).
   */
  update(patch: ProfilePatch, options?: CallOptions): Call<Me> {
    return call(() =>
      this.#backend.run({ name: "update_me", args: { patch }, kind: "write" }, options),
    );
  }

  /**
   * Uploads a picture, waits for its scan and makes it one's avatar; `update({ avatarFileId: null })` takes it
   * away. JPEG, PNG or GIF, at most 5 MB, 64 to 4,096 pixels a side.
   *
   * Errors: `VALIDATION_ERROR`, `FILE_TOO_LARGE`, `FILE_MISMATCH`, `FILE_INFECTED`, `RATE_LIMITED` after ten in
   * an hour.
   */
  setAvatar(picture: FileInput | UploadedFile, options?: UploadOptions): UploadTask<Me> {
    const plan = {
      target: { uploadType: "avatar" } as const,
      files: [picture],
      finish: async ([avatarFileId = ""]: readonly string[], run: Run, deadline: Deadline) => {
        await untilClean(this.#backend, avatarFileId, deadline);
        return run<Me>("update_me", { patch: { avatarFileId } });
      },
    };
    return uploadTask(this.#backend, () => plan, options);
  }

  /**
   * A talent's public profile. Any signed-in user; a creator's profile only the creator themselves.
   *
   * Errors: `NOT_FOUND`, `PROFILE_PRIVATE`.
   */
  get(userId: string, options?: CallOptions): Call<PublicProfile> {
    return call(() =>
      this.#backend.run({ name: "get_user", args: { userId }, kind: "read" }, options),
    );
  }

  /**
   * Deletes one's own account and signs out everywhere. What others share with it stays, under
   * "Deleted user"; personal data is erased after 30 days.
   *
   * Errors: `WRONG_PASSWORD`, `OPEN_DELIVERABLES` unless `force` is set, `RATE_LIMITED`.
   */
  delete(account: DeleteAccount, options?: CallOptions): Call<null> {
    return call(async () => {
      const args = pick(account, "password", "force");
      await this.#backend.run({ name: "delete_me", args, kind: "write" }, options);
      // The sessions ended with the account: what is left is to drop this one's copy here.
      await this.#backend.connection.auth.signOut({ scope: "local" });
      this.#backend.tokens.forget();
      return null;
    });
  }

  /** Everything OnSwift holds about the signed-in user, to keep or to take elsewhere. */
  export(options?: CallOptions): Call<AccountExport> {
    return call(() => this.#backend.run({ name: "export_me", kind: "read" }, options));
  }

  /** Every skill that a profile can name. Needs no sign-in. */
  skills(options?: CallOptions): Call<SkillList> {
    return call(() =>
      this.#backend.run({ name: "list_skills", kind: "read", open: true }, options),
    );
  }

  /** Whom the signed-in user has blocked. */
  blocks(options?: CallOptions): Call<BlockList> {
    return call(() => this.#backend.run({ name: "list_blocks", kind: "read" }, options));
  }

  /**
   * Blocks somebody: neither of the two can open a conversation with the other or write in theirs. The
   * other is not told. Blocking twice changes nothing.
   *
   * Errors: `NOT_FOUND`, `VALIDATION_ERROR` for oneself.
   */
  block(userId: string, options?: CallOptions): Call<null> {
    const args = { userId };
    return call(() => this.#backend.run({ name: "block_user", args, kind: "put" }, options));
  }

  /** Lifts a block; without one it changes nothing. */
  unblock(userId: string, options?: CallOptions): Call<null> {
    const args = { userId };
    return call(() => this.#backend.run({ name: "unblock_user", args, kind: "put" }, options));
  }
}
