-- Why: docs/database.md showed 151 columns without their meaning. Now every column of the tables and
-- views of public has a comment. Those of profiles.hourly_rate and notifications.actor_id state null,
-- too. Comments alone: no row and no definition changes.

comment on column public.skills.id is 'Primary key, set by the database.';
comment on column public.skills.name is
  '1 to 100 characters, unique without regard to case. Profiles hold this name, not the id.';

comment on column public.profiles.id is 'Primary key: the id of the account in auth.users.';
comment on column public.profiles.user_type is 'creator or talent. Chosen at sign-up.';
comment on column public.profiles.name is 'Name that other users see: 1 to 255 characters.';
comment on column public.profiles.avatar_url is
  'Public address of the picture; null without one. Set by api.update_me from an uploaded file.';
comment on column public.profiles.company_name is
  'For creators: at most 255 characters; null if not set.';
comment on column public.profiles.professional_title is
  'For talents: at most 255 characters; null if not set.';
comment on column public.profiles.bio is 'For talents: at most 500 characters; null if not set.';
comment on column public.profiles.skills is
  'For talents: at most 10 names of public.skills, in their spelling.';
comment on column public.profiles.portfolio_links is
  'For talents: at most 5 web addresses (http or https), each with at most 2,048 characters.';
comment on column public.profiles.hourly_rate is
  'For talents: US dollars per hour, 5 to 500; null if not set.';
comment on column public.profiles.availability is
  'For talents: available_now, available_1_2_weeks, available_2_4_weeks or not_available; null if
not set.';
comment on column public.profiles.total_reviews is
  'Number of the talent''s reviews, without deleted ones. Maintained by triggers.';
comment on column public.profiles.linkedin_url is
  'Web address of the LinkedIn page: at most 2,048 characters; null if not set.';
comment on column public.profiles.twitter_url is
  'Web address of the Twitter page: at most 2,048 characters; null if not set.';
comment on column public.profiles.instagram_url is
  'Web address of the Instagram page: at most 2,048 characters; null if not set.';
comment on column public.profiles.youtube_url is
  'Web address of the YouTube page: at most 2,048 characters; null if not set.';
comment on column public.profiles.github_url is
  'Web address of the GitHub page: at most 2,048 characters; null if not set.';
comment on column public.profiles.profile_completion_percentage is
  'How much of the profile is set: 0 to 100. Computed; which fields count depends on user_type.';
comment on column public.profiles.created_at is 'When the account was created.';
comment on column public.profiles.updated_at is
  'When a field of the profile changed last. New reviews do not count.';

comment on column public.projects.id is 'Primary key, set by the database.';
comment on column public.projects.creator_id is
  'Creator of the project; the caller by default. Never changes.';
comment on column public.projects.name is 'Name of the project: 1 to 255 characters.';
comment on column public.projects.description is '1 to 10,000 characters.';
comment on column public.projects.status is
  'planning, in-progress or completed. A new project has planning.';
comment on column public.projects.due_date is
  'Day by which it should be completed. When a user sets it, it must be after today (UTC).';
comment on column public.projects.completed_task_count is
  'Number of completed tasks that are not deleted. Maintained by triggers.';
comment on column public.projects.created_at is 'When the project was created.';
comment on column public.projects.updated_at is
  'When name, description, status or due date changed last.';
comment on column public.projects.completed_at is
  'When the status became completed; null in every other status. Set by the database.';
comment on column public.projects.deleted_at is
  'When it was deleted; null otherwise. No user can see a deleted project.';

comment on column public.project_members.id is
  'Primary key of this membership, set by the database.';
comment on column public.project_members.project_id is 'Project to whose team the talent belongs.';
comment on column public.project_members.user_id is 'The talent.';
comment on column public.project_members.joined_at is 'When the talent was added to the team.';
comment on column public.project_members.removed_at is
  'When the membership ended; null while it is current.';

comment on column public.tasks.id is 'Primary key, set by the database.';
comment on column public.tasks.project_id is 'Project to which the task belongs.';
comment on column public.tasks.name is 'Name of the task: 1 to 255 characters.';
comment on column public.tasks.description is 'At most 10,000 characters, empty if none was sent.';
comment on column public.tasks.status is
  'planning, in-progress or completed. A new task has planning. The assignee can change it, too.';
comment on column public.tasks.due_date is
  'Day by which it should be completed. It may be in the past.';
comment on column public.tasks.created_at is 'When the task was created.';
comment on column public.tasks.updated_at is
  'When name, description, status, assignee, due date or recurrence changed last.';
comment on column public.tasks.completed_at is
  'When the status became completed; null in every other status. Set by the database.';
comment on column public.tasks.deleted_at is
  'When it was deleted; null otherwise. No user can see a deleted task.';

comment on column public.files.id is 'Primary key, set by the database. Part of the path.';
comment on column public.files.upload_type is
  'Kind of upload: avatar, deliverable or sample. message_attachment cannot be uploaded yet.';
comment on column public.files.uploader_id is 'User who reserved the upload.';
comment on column public.files.project_id is
  'Project of a deliverable or a sample; null for avatars.';
comment on column public.files.task_id is 'Task of a deliverable; null for other files.';
comment on column public.files.batch_id is
  'Batch of up to 10 files that were reserved together, for the hourly limit; null after it was
purged.';
comment on column public.files.bucket_id is
  'Bucket in Storage: deliverables, project-samples or avatars. An avatar is uploaded to
avatar-uploads; the scan publishes it.';
comment on column public.files.path is
  'Path of the object in its bucket. Fixed by the reservation.';
comment on column public.files.file_name is
  'Name as the uploader sent it, with its extension, for display and downloads: 1 to 255
characters.';
comment on column public.files.file_size is
  'Size in bytes, as declared: 1 byte to 100 MB, less for some types. An upload of another size
fails.';
comment on column public.files.mime_type is
  'Type as declared, in its canonical spelling, such as image/png. The scan compares it with the
bytes.';
comment on column public.files.state is
  'reserved, uploaded (waits for its scan), clean, infected or failed (differs from the
reservation). Only a clean file is served.';
comment on column public.files.scan_status is
  'State for display: pending, clean, infected or failed. Computed from state.';
comment on column public.files.created_at is 'When the upload was reserved.';
comment on column public.files.uploaded_at is 'When the upload was confirmed; null before.';
comment on column public.files.scanned_at is 'When the scan ended; null without one.';

comment on column public.deliverables.id is 'Primary key, set by the database.';
comment on column public.deliverables.project_id is 'Project of the task. Never changes.';
comment on column public.deliverables.task_id is 'Task for which it was submitted. Never changes.';
comment on column public.deliverables.submitted_by_id is
  'Talent who submitted it. Never changes, also when the task is assigned to another talent.';
comment on column public.deliverables.title is 'Title of the current version: 1 to 255 characters.';
comment on column public.deliverables.description is
  'Description of the current version: at most 10,000 characters, empty if none was sent.';
comment on column public.deliverables.status is
  'pending (waits for a decision), revision (waits for the next version) or approved (final). The
creator changes pending to one of the others; the next version changes revision to pending.';
comment on column public.deliverables.version is 'Number of the current version: 1 to 4.';
comment on column public.deliverables.approved_at is
  'When it was approved; null in every other status. Set by the database.';
comment on column public.deliverables.approved_by_id is
  'User who approved it; null in every other status. Set by the database.';
comment on column public.deliverables.updated_at is
  'When title, description, status, version or feedback changed last.';
comment on column public.deliverables.deleted_at is
  'When it was deleted; null otherwise. No user can see a deleted deliverable.';

comment on column public.deliverable_versions.deliverable_id is
  'Deliverable of the version. Primary key together with version.';
comment on column public.deliverable_versions.version is
  'Number of the version: 1 for the first submission, then one more with each revision, up to 4.';
comment on column public.deliverable_versions.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.deliverable_versions.submitted_by_id is
  'Talent who submitted the deliverable, who never changes. Set by the database.';
comment on column public.deliverable_versions.title is
  'Title of this version: 1 to 255 characters.';
comment on column public.deliverable_versions.description is
  'Description of this version: at most 10,000 characters, empty if none was sent.';
comment on column public.deliverable_versions.submitted_at is 'When this version was submitted.';

comment on column public.deliverable_files.file_id is
  'File in this place, and primary key: a file belongs to one version only.';
comment on column public.deliverable_files.deliverable_id is 'Deliverable of the version.';
comment on column public.deliverable_files.version is 'Version to which the file belongs: 1 to 4.';
comment on column public.deliverable_files.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.deliverable_files.submitted_by_id is
  'Talent who submitted the deliverable, who never changes. Set by the database.';
comment on column public.deliverable_files.place is
  'Place of the file in its version, in the order of the submission: 1 to 10.';

comment on column public.deliverable_reviews.deliverable_id is
  'Deliverable of the version. Primary key together with version.';
comment on column public.deliverable_reviews.version is 'Version that was decided on: 1 to 4.';
comment on column public.deliverable_reviews.creator_id is
  'The creator of the project, who never changes. Set by the database.';
comment on column public.deliverable_reviews.submitted_by_id is
  'Talent who submitted the deliverable, who never changes. Set by the database.';
comment on column public.deliverable_reviews.action is 'The decision: approve or request_revision.';
comment on column public.deliverable_reviews.feedback is
  'Feedback of a revision request: 1 to 5,000 characters; null for an approval.';
comment on column public.deliverable_reviews.reviewer_id is
  'User who decided; null if it was no user, such as an operator.';
comment on column public.deliverable_reviews.created_at is 'When the decision was made.';

comment on column public.project_samples.id is 'Primary key, set by the database.';
comment on column public.project_samples.project_id is 'Project whose team can see the sample.';
comment on column public.project_samples.name is 'Name of the sample: 1 to 255 characters.';
comment on column public.project_samples.type is 'link (has a url) or file (has a file_id).';
comment on column public.project_samples.file_id is 'Uploaded file; null for a link.';
comment on column public.project_samples.description is
  'At most 10,000 characters; null if not set.';
comment on column public.project_samples.created_at is
  'When it was added. Lists are ordered by it.';

comment on column public.reviews.id is 'Primary key, set by the database.';
comment on column public.reviews.talent_id is 'Talent who is reviewed.';
comment on column public.reviews.creator_id is 'Creator who wrote it; the caller by default.';
comment on column public.reviews.project_id is
  'Completed project of the creator in which the talent worked. One review for each talent.';
comment on column public.reviews.text is '1 to 2,000 characters.';
comment on column public.reviews.created_at is 'When the review was written.';
comment on column public.reviews.updated_at is 'When rating or text changed last.';

comment on column public.user_blocks.blocker_id is
  'User who blocked the other. Primary key together with blocked_id.';
comment on column public.user_blocks.blocked_id is 'User who was blocked.';
comment on column public.user_blocks.created_at is 'When the block was made.';

comment on column public.conversations.id is 'Primary key, set by the database.';
comment on column public.conversations.creator_id is 'Participant who is a creator. Never changes.';
comment on column public.conversations.talent_id is 'Participant who is a talent. Never changes.';
comment on column public.conversations.last_message_at is
  'When the last message was sent, for the order of lists; null before the first. Maintained by
triggers.';
comment on column public.conversations.created_at is 'When the conversation was opened.';

comment on column public.conversation_reads.conversation_id is
  'Conversation of the pointer. Primary key together with user_id.';
comment on column public.conversation_reads.user_id is 'Participant to whom the pointer belongs.';
comment on column public.conversation_reads.last_read_message_id is
  'Last message that the participant has read; null before the first. Set by
api.mark_conversation_read.';
comment on column public.conversation_reads.last_read_at is
  'When the pointer moved last, for read receipts; null before the first time.';

comment on column public.messages.id is 'Primary key, set by the database.';
comment on column public.messages.conversation_id is 'Conversation in which it was sent.';
comment on column public.messages.sender_id is
  'Sender: one of the two participants, and the caller by default.';
comment on column public.messages.sent_at is
  'When it was sent, in whole milliseconds. Set by the database.';
comment on column public.messages.is_edited is
  'Whether the sender has changed the content. Set by the database.';
comment on column public.messages.edited_at is
  'When the content changed last; null if it never did. Users can edit for 15 minutes.';
comment on column public.messages.deleted_at is
  'When the sender deleted it; null otherwise. The row stays, without its content.';

comment on column public.notification_preferences.user_id is
  'User who set the preference. Primary key together with type.';
comment on column public.notification_preferences.type is
  'Type of notification, such as task_assigned.';
comment on column public.notification_preferences.in_app is
  'Whether notifications of this type are added in the app.';
comment on column public.notification_preferences.email is
  'Whether notifications of this type are sent by email.';
comment on column public.notification_preferences.updated_at is 'When the preference was set last.';

comment on column public.notifications.id is 'Primary key, set by the database.';
comment on column public.notifications.user_id is 'User whom it notifies.';
comment on column public.notifications.actor_id is
  'User who caused the notification; null for a reminder or the result of a scan. Its text names
them, so it is deleted with their account.';
comment on column public.notifications.type is
  'Type of notification, such as task_assigned: the same as in notification_preferences.';
comment on column public.notifications.title is 'Heading, in English.';
comment on column public.notifications.message is
  'Text, in English. That of an unread message_received has the present number of unread messages.';
comment on column public.notifications.entity_type is
  'Kind of thing that it is about: project, team, task, deliverable, message, review or
conversation; null without one.';
comment on column public.notifications.entity_id is
  'Id of that thing; for team, the id of the project. An unread message_received has the latest
message.';
comment on column public.notifications.is_read is
  'Whether the user has read it. Users can set it to true only.';
comment on column public.notifications.read_at is
  'When it was marked as read; null while it is unread. Set by the database.';
comment on column public.notifications.created_at is
  'When it was added. Lists are ordered by it, newest first.';

comment on column public.audit_events.id is 'Primary key. Lists are ordered by it, newest first.';
comment on column public.audit_events.action is
  'What happened, such as project.created or deliverable.approved.';
comment on column public.audit_events.project_id is
  'Project of the event, also after the project was deleted.';
comment on column public.audit_events.entity_type is
  'Kind of thing that the event is about: project, team, task, deliverable or review.';
comment on column public.audit_events.entity_id is
  'Id of that thing; for team, the id of the project.';
comment on column public.audit_events.details is
  'Values of that moment, by action: name, title, status, earlierStatus, role, version, rating and
the like. Absent values are left out.';
comment on column public.audit_events.created_at is
  'When the change was made. Events are deleted after two years.';
