import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import type { Deadline } from "./core/deadline.ts";
import { byCursor, type ListCall } from "./core/lists.ts";
import { loaded } from "./core/loaded.ts";
import type { CallOptions } from "./core/options.ts";
import { type Call, call } from "./core/result.ts";
import { PublicImages } from "./images.ts";
import type { FileInput, ImageSize, UploadedFile } from "./types/files.ts";
import type { UploadOptions, UploadTask } from "./types/uploads.ts";
import type {
  AccountExport,
  AvatarUrl,
  BlockList,
  DeleteAccount,
  ExportPiece,
  FoundTalent,
  Me,
  ProfilePatch,
  PublicProfile,
  SkillList,
  TalentFilter,
  TalentList,
} from "./types/users.ts";
import { type Run, uploadTask } from "./upload/task.ts";

const searchKeys = [
  "q",
  "skills",
  "skillsMode",
  "minRate",
  "maxRate",
  "availability",
  "minRating",
  "sort",
  "page",
  "limit",
  "cursor",
] as const;

/** The signed-in user's account and profile, public profiles of talents, search, skills and blocks. */
export class Users {
  readonly #backend: Backend;
  readonly #images: PublicImages;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
    this.#images = new PublicImages(backend);
  }

  /**
   * Returns the signed-in user's own profile.
   *
   * Requires: signed-in user.
   */
  me(options?: CallOptions): Call<Me> {
    return this.#backend.call("read", "get_me", {}, options);
  }

  /**
   * Updates the signed-in user's own profile. Fields that `patch` leaves out keep their values; `null` clears
   * a field.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR` (also for fields of the other user type, and for `email` and `userType`, which
   * cannot change); for `avatarFileId` also `UPLOAD_MISSING`, `SCAN_PENDING`, `FILE_INFECTED`, `FILE_MISMATCH`.
   * @example
   * ```ts
   * const { error } = await onswift.users.update({ bio: "Editor", skills: ["Color Grading"] });
   * for (const { field, message } of error?.details ?? []) mark(field, message);
   * ```
   */
  update(patch: ProfilePatch, options?: CallOptions): Call<Me> {
    return this.#backend.call("write", "update_me", { patch }, options);
  }

  /**
   * Uploads a picture, waits for its scan and sets it as the signed-in user's avatar. Accepts JPEG, PNG and
   * GIF of at most 5 MB and 64 to 4,096 pixels per side. `update({ avatarFileId: null })` removes the avatar.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR` (also for a picture above 5 MB), `FILE_MISMATCH`, `FILE_INFECTED`,
   * `UPLOAD_MISSING`, `RATE_LIMITED` (10 avatars per hour), `CONFLICT` (idempotency key used for another request).
   */
  setAvatar(picture: FileInput | UploadedFile, options?: UploadOptions): UploadTask<Me> {
    const plan = {
      target: { uploadType: "avatar" } as const,
      files: [picture],
      finish: async ([avatarFileId = ""]: readonly string[], run: Run, deadline: Deadline) => {
        const { waitUntilClean } = await deadline.race(loaded(import("./upload/scan.ts")));
        await waitUntilClean(this.#backend, avatarFileId, deadline);
        return run<Me>("update_me", { patch: { avatarFileId } });
      },
    };
    return uploadTask(this.#backend, () => plan, options);
  }

  /**
   * Returns the URL of an avatar in another size, for example for a list; the given URL if the project transforms no
   * images. The first call asks Storage whether it does.
   *
   * Requires: nothing. Avatars are public.
   * Errors: `VALIDATION_ERROR`.
   * @example
   * ```ts
   * const size = { width: 64, height: 64 };
   * const { avatarUrl } = await onswift.users.avatarUrl(talent.avatarUrl, size).orThrow();
   * ```
   */
  avatarUrl(avatarUrl: string, size: ImageSize, options?: CallOptions): Call<AvatarUrl> {
    return call(() =>
      this.#backend.within(options, async (deadline) => ({
        avatarUrl: await this.#images.urlOf(deadline, avatarUrl, size),
      })),
    );
  }

  /**
   * Returns a talent's public profile, or the signed-in user's own.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `PROFILE_PRIVATE` (another creator).
   */
  get(userId: string, options?: CallOptions): Call<PublicProfile> {
    return this.#backend.call("read", "get_user", { userId }, options);
  }

  /**
   * Searches talents by words in name, title and bio, by skills, rate, availability and rating. Deleted and banned
   * talents are left out, and so are talents who blocked the caller or are blocked. `pagination.total` is exact.
   *
   * Without `sort`, the order is: talents who are not available last, then matches in name or title first, with
   * `skillsMode: "any"` those with more of the skills first, then the better rated, then the newer.
   *
   * Iterating continues from `nextCursor`, so talents who change meanwhile do not shift the others: no talent is
   * returned twice, and none is missed that keeps its place in the order.
   *
   * Requires: creator.
   * Errors: `VALIDATION_ERROR` (also for an unknown skill, `minRate` above `maxRate`, and `page` together with
   * `cursor`), `CREATOR_ONLY`.
   * @example
   * ```ts
   * const { users, pagination } = await onswift.users.search({ q: "video edi", maxRate: 80 }).orThrow();
   * for await (const talent of onswift.users.search({ skills: ["Figma"], sort: "-averageRating" })) {
   *   console.log(talent.name, talent.averageRating);
   * }
   * ```
   */
  search(filter: TalentFilter = {}, options?: CallOptions): ListCall<TalentList, FoundTalent> {
    const args = () => onlyKeys(filter, ...searchKeys);
    return this.#backend.list("search_talent", args, byCursor(items), options);
  }

  /**
   * Deletes the signed-in user's account and ends all its sessions. Shared content stays under the name
   * "Deleted user". Personal data is erased after 30 days.
   *
   * Requires: signed-in user, with their password.
   * Errors: `VALIDATION_ERROR`, `WRONG_PASSWORD`, `OPEN_DELIVERABLES` (unless `force` is `true`),
   * `NOT_FOUND` (deleted by another request at the same time), `RATE_LIMITED` (5 wrong passwords within 15
   * minutes).
   */
  delete(account: DeleteAccount, options?: CallOptions): Call<null> {
    return call(async () => {
      const args = onlyKeys(account, "password", "force");
      await this.#backend.run({ name: "delete_me", args, kind: "write" }, options);
      // The backend ended the sessions. This removes the copy stored on this device.
      const { connection, tokens } = this.#backend;
      await tokens.ending(() => connection.auth.signOut({ scope: "local" }));
      tokens.noteSignOut();
      return null;
    });
  }

  /**
   * Exports everything that OnSwift stores about the signed-in user, as one value. It is collected from pieces; a large
   * account is better read with {@link Users.exportPieces}.
   *
   * Requires: signed-in user.
   */
  export(options?: CallOptions): Call<AccountExport> {
    return call(async () => {
      const { joinPieces, piecesOf } = await this.#loadExport(options);
      return joinPieces(piecesOf(this.#backend, options));
    });
  }

  /**
   * Exports everything that OnSwift stores about the signed-in user, in pieces of at most 500 items, so that an account
   * of any size can be written to a file or a stream. Each piece shows its own moment; what is there from the first to
   * the last is in one of them. Throws the error of a piece that fails.
   *
   * Requires: signed-in user.
   *
   * @example
   * ```ts
   * for await (const piece of onswift.users.exportPieces()) {
   *   await file.write(`${JSON.stringify(piece)}\n`);
   * }
   * ```
   */
  async *exportPieces(options?: CallOptions): AsyncGenerator<ExportPiece, void, undefined> {
    const { piecesOf } = await this.#loadExport(options);
    yield* piecesOf(this.#backend, options);
  }

  /**
   * Lists every skill that a profile can have.
   *
   * Requires: nothing; anonymous callers allowed.
   */
  skills(options?: CallOptions): Call<SkillList> {
    return this.#backend.call("read", "list_skills", {}, options, { anonymous: true });
  }

  /**
   * Lists the users that the signed-in user has blocked, the latest first.
   *
   * Requires: signed-in user.
   */
  blocks(options?: CallOptions): Call<BlockList> {
    return this.#backend.call("read", "list_blocks", {}, options);
  }

  /**
   * Blocks a user. Neither of the two can start a conversation with the other, send messages to them or see
   * them online. The blocked user is not notified. Blocking a user twice changes nothing.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR` (also for the caller's own id), `NOT_FOUND`.
   */
  block(userId: string, options?: CallOptions): Call<null> {
    return this.#backend.call("put", "block_user", { userId }, options);
  }

  /**
   * Removes a block. If there is none, nothing changes.
   *
   * Requires: signed-in user.
   * Errors: `VALIDATION_ERROR`.
   */
  unblock(userId: string, options?: CallOptions): Call<null> {
    return this.#backend.call("put", "unblock_user", { userId }, options);
  }

  /** Apps start without the code of exports: a user needs it once, if ever. */
  #loadExport(options?: CallOptions) {
    return this.#backend.within(options, (deadline) =>
      deadline.race(loaded(import("./core/export.ts"))),
    );
  }
}

const items = (page: TalentList) => page.users;
