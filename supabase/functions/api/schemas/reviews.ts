import { z } from "zod";
import {
  answer,
  instant,
  pagination,
  paging,
  requestBody,
  sortable,
  text,
  userCard,
  uuid,
} from "./common.ts";

export const talentParams = z.object({ userId: uuid });
export const reviewParams = z.object({ reviewId: uuid });

export const reviewQuery = z.object({
  ...paging(20),
  sort: sortable(["createdAt", "rating"], "newest first"),
});

const rating = z.int().min(1).max(5).meta({ description: "Stars." });

export const createReview = requestBody("CreateReview", {
  talentId: uuid,
  projectId: uuid.meta({ description: "A completed project of yours that the talent worked on." }),
  rating,
  text: text(1, 2000),
});

export const updateReview = requestBody(
  "UpdateReview",
  {
    rating: rating.optional(),
    text: text(1, 2000).optional(),
  },
  { examples: [{ rating: 4 }] },
);

const stars = { id: uuid, creator: userCard, rating, text: z.string() };

export const publicReview = answer("PublicReview", {
  ...stars,
  createdAt: instant,
  updatedAt: instant,
});

export const review = answer("Review", {
  ...stars,
  talentId: uuid,
  projectId: uuid,
  createdAt: instant,
  updatedAt: instant,
});

const count = z.int().min(0);

export const distribution = answer("ReviewDistribution", {
  "1": count,
  "2": count,
  "3": count,
  "4": count,
  "5": count,
});

export const reviewList = answer("ReviewList", {
  averageRating: z.number().min(1).max(5).nullable().meta({
    description: "One decimal; null without reviews.",
  }),
  totalReviews: count,
  reviewDistribution: distribution,
  reviews: z.array(publicReview),
  pagination,
});
