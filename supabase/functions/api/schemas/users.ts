import { z } from "zod";
import { userType } from "./auth.ts";
import { answer, instant, link, requestBody, text, userCard, uuid } from "./common.ts";
import { distribution, publicReview } from "./reviews.ts";

const availability = z.enum([
  "available_now",
  "available_1_2_weeks",
  "available_2_4_weeks",
  "not_available",
]);

const profileLinks = {
  linkedinUrl: link.nullish(),
  twitterUrl: link.nullish(),
  instagramUrl: link.nullish(),
  youtubeUrl: link.nullish(),
  githubUrl: link.nullish(),
};

export const updateMe = requestBody(
  "UpdateProfile",
  {
    name: text(1, 255).optional(),
    companyName: text(0, 255).nullish().meta({ description: "Creators only." }),
    professionalTitle: text(0, 255).nullish().meta({ description: "Talents only." }),
    bio: text(0, 500).nullish().meta({ description: "Talents only." }),
    skills: z
      .array(text(1, 100))
      .max(10)
      .nullish()
      .meta({ description: "Names from `GET /skills`. Talents only." }),
    portfolioLinks: z.array(link).max(5).nullish().meta({ description: "Talents only." }),
    hourlyRate: z
      .number()
      .min(5)
      .max(500)
      .multipleOf(0.01)
      .nullish()
      .meta({ description: "US dollars. Talents only." }),
    availability: availability.nullish().meta({ description: "Talents only." }),
    ...profileLinks,
    avatarFileId: uuid
      .nullish()
      .meta({ description: "An upload of the caller, made for an avatar." }),
  },
  {
    examples: [
      {
        professionalTitle: "Editor",
        skills: ["Video Editing"],
        hourlyRate: 60,
        availability: "available_now",
      },
    ],
  },
);

export const deleteMeQuery = z.object({
  force: z
    .boolean()
    .optional()
    .meta({ description: "Delete the account even if deliverables are still open." }),
});

const url = z.url().nullable();

const talentFields = {
  professionalTitle: z.string().nullable(),
  bio: z.string().nullable(),
  skills: z.array(z.string()).nullable(),
  portfolioLinks: z.array(z.url()).nullable(),
  hourlyRate: z.number().nullable(),
  currency: z.literal("USD"),
  availability: availability.nullable(),
};

const socialFields = {
  linkedinUrl: url,
  twitterUrl: url,
  instagramUrl: url,
  youtubeUrl: url,
  githubUrl: url,
};

const ratingFields = {
  averageRating: z.number().min(1).max(5).nullable(),
  totalReviews: z.int().min(0),
};

export const me = answer("OwnProfile", {
  id: uuid,
  email: z.email(),
  emailVerified: z.boolean(),
  name: z.string(),
  userType,
  avatarUrl: url,
  companyName: z.string().nullable(),
  ...talentFields,
  ...socialFields,
  ...ratingFields,
  profileCompletionPercentage: z.int().min(0).max(100),
  createdAt: instant,
  updatedAt: instant,
});

export const avatarUrl = answer("AvatarUrl", { avatarUrl: z.url() });

export const profile = answer("Profile", {
  id: uuid,
  name: z.string(),
  userType,
  avatarUrl: url,
  ...talentFields,
  ...socialFields,
  ...ratingFields,
  reviewDistribution: distribution,
  latestReviews: z.array(publicReview).meta({ description: "The three newest reviews." }),
  createdAt: instant,
});

export const skills = answer("SkillList", {
  skills: z.array(z.object({ id: uuid, name: z.string() })),
});

export const blockList = answer("BlockList", { users: z.array(userCard) });
