import { onlyKeys } from "./core/arguments.ts";
import type { Backend } from "./core/backend.ts";
import { type ListCall, numbered } from "./core/lists.ts";
import type { CallOptions } from "./core/options.ts";
import type { Call } from "./core/result.ts";
import type {
  NewReview,
  PublicReview,
  Review,
  ReviewFilter,
  ReviewList,
  ReviewPatch,
} from "./types/reviews.ts";

/** Reviews of talents by creators they worked for. */
export class Reviews {
  readonly #backend: Backend;

  /** @internal */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Lists the reviews of a talent, newest first, with the average and the distribution of ratings.
   *
   * Requires: nothing; anonymous callers allowed.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `PROFILE_PRIVATE` (the user is a creator).
   */
  list(
    userId: string,
    filter: ReviewFilter = {},
    options?: CallOptions,
  ): ListCall<ReviewList, PublicReview> {
    const args = () => ({ userId, ...onlyKeys(filter, "page", "limit", "sort") });
    const access = { anonymous: true };
    return this.#backend.list("list_reviews", args, numbered(items), options, access);
  }

  /**
   * Creates a review of a talent for a completed project. The talent must have been on the team when the project
   * was completed, or have an approved deliverable in it.
   *
   * Requires: project creator. Limit: one review per talent and project.
   * Errors: `VALIDATION_ERROR`, `ALREADY_REVIEWED`, `NO_COMPLETED_PROJECT`, `CREATOR_ONLY`, `FORBIDDEN` (another
   * creator's project), `NOT_FOUND`, `CONFLICT` (idempotency key used for another request).
   * @example
   * ```ts
   * await onswift.projects.update(projectId, { status: "completed" }).orThrow();
   * const { error } = await onswift.reviews.create({ talentId, projectId, rating: 5, text: "Great work" });
   * ```
   */
  create(review: NewReview, options?: CallOptions): Call<Review> {
    const args = () => onlyKeys(review, "talentId", "projectId", "rating", "text");
    return this.#backend.call("create", "create_review", args, options);
  }

  /**
   * Updates a review. There is no time limit.
   *
   * Requires: author of the review.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  update(reviewId: string, patch: ReviewPatch, options?: CallOptions): Call<Review> {
    return this.#backend.call("write", "update_review", { reviewId, patch }, options);
  }

  /**
   * Deletes a review: it is no longer shown and no longer counts. The talent can be reviewed again.
   *
   * Requires: author of the review.
   * Errors: `VALIDATION_ERROR`, `NOT_FOUND`, `FORBIDDEN`.
   */
  delete(reviewId: string, options?: CallOptions): Call<null> {
    return this.#backend.call("write", "delete_review", { reviewId }, options);
  }
}

const items = (page: ReviewList) => page.reviews;
