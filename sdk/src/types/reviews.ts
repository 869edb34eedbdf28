import type { Pagination } from "../core/lists.ts";
import type { UserCard } from "./card.ts";

/** A review that everyone can see. */
export interface PublicReview {
  readonly id: string;
  /** The creator who wrote it. */
  readonly creator: UserCard;
  /** Stars: 1 to 5. */
  readonly rating: number;
  readonly text: string;
  readonly createdAt: string;
  /** Later than `createdAt` if the review was edited. */
  readonly updatedAt: string;
}

/** A review with its talent and project, for its author. */
export interface Review extends PublicReview {
  readonly talentId: string;
  readonly projectId: string;
}

/** How many reviews have each number of stars. */
export interface ReviewDistribution {
  readonly "1": number;
  readonly "2": number;
  readonly "3": number;
  readonly "4": number;
  readonly "5": number;
}

/** A talent's rating and one page of reviews. */
export interface ReviewList {
  /** One decimal; `null` without reviews. */
  readonly averageRating: number | null;
  readonly totalReviews: number;
  readonly reviewDistribution: ReviewDistribution;
  readonly reviews: readonly PublicReview[];
  readonly pagination: Pagination;
}

/** The page and order of a list of reviews. */
export interface ReviewFilter {
  /** Page number, starting at 1. */
  readonly page?: number | undefined;
  /** Items per page: default 20, at most 100. */
  readonly limit?: number | undefined;
  /** A field, with a leading `-` for descending order; default `-createdAt`. */
  readonly sort?: "createdAt" | "-createdAt" | "rating" | "-rating" | undefined;
}

/** The input of `reviews.create`. */
export interface NewReview {
  readonly talentId: string;
  /** A completed project of the caller on which the talent worked. */
  readonly projectId: string;
  /** Stars: 1 to 5. */
  readonly rating: number;
  /** 1 to 2,000 characters. */
  readonly text: string;
}

/** Changes to a review. Fields that are left out keep their values. */
export interface ReviewPatch {
  readonly rating?: number | undefined;
  readonly text?: string | undefined;
}
