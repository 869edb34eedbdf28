export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "api": {
          Tables: {
            [_ in never]: never
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "add_sample":
{ Args: { "description"?: string,"fileId"?: string,"name"?: string,"projectId"?: string,"type"?: string,"url"?: string }; Returns: Json
                           },
"add_team_member":
{ Args: { "projectId"?: string,"role"?: string,"userId"?: string }; Returns: Json
                           },
"approve_deliverable":
{ Args: { "deliverableId"?: string }; Returns: Json
                           },
"block_user":
{ Args: { "userId"?: string }; Returns: undefined
                           },
"change_email":
{ Args: { "newEmail"?: string,"password"?: string }; Returns: Json
                           },
"change_password":
{ Args: { "currentPassword"?: string,"newPassword"?: string }; Returns: Json
                           },
"check_email":
{ Args: { "email"?: string }; Returns: Json
                           },
"check_refresh":
{ Args: { "refreshToken"?: string }; Returns: undefined
                           },
"check_sign_in":
{ Args: { "email"?: string,"password"?: string }; Returns: Json
                           },
"check_sign_out":
{ Args: { "scope"?: string }; Returns: undefined
                           },
"check_sign_up":
{ Args: { "companyName"?: string,"email"?: string,"name"?: string,"password"?: string,"userType"?: string }; Returns: Json
                           },
"confirm_password":
{ Args: { "password"?: string }; Returns: Json
                           },
"confirm_upload":
{ Args: { "fileId"?: string }; Returns: Json
                           },
"create_calendar_link":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"create_project":
{ Args: { "description"?: string,"dueDate"?: string,"name"?: string }; Returns: Json
                           },
"create_review":
{ Args: { "projectId"?: string,"rating"?: Json,"talentId"?: string,"text"?: string }; Returns: Json
                           },
"create_task":
{ Args: { "assigneeId"?: string,"description"?: string,"dueDate"?: string,"name"?: string,"projectId"?: string,"recurrence"?: string }; Returns: Json
                           },
"create_upload":
{ Args: { "deliverableId"?: string,"fileName"?: string,"fileSize"?: Json,"mimeType"?: string,"projectId"?: string,"taskId"?: string,"uploadType"?: string }; Returns: Json
                           },
"create_uploads":
{ Args: { "deliverableId"?: string,"fields"?: Json,"files"?: Json,"projectId"?: string,"taskId"?: string,"uploadType"?: string }; Returns: Json
                           },
"delete_calendar_link":
{ Args: Record<PropertyKey, never>; Returns: undefined
                           },
"delete_deliverable":
{ Args: { "deliverableId"?: string }; Returns: undefined
                           },
"delete_me":
{ Args: { "force"?: Json,"password"?: string }; Returns: Json
                           },
"delete_message":
{ Args: { "conversationId"?: string,"messageId"?: string }; Returns: undefined
                           },
"delete_project":
{ Args: { "projectId"?: string }; Returns: undefined
                           },
"delete_review":
{ Args: { "reviewId"?: string }; Returns: undefined
                           },
"delete_sample":
{ Args: { "projectId"?: string,"sampleId"?: string }; Returns: undefined
                           },
"delete_task":
{ Args: { "projectId"?: string,"taskId"?: string }; Returns: undefined
                           },
"discard_uploads":
{ Args: { "files"?: Json }; Returns: undefined
                           },
"edit_message":
{ Args: { "content"?: string,"conversationId"?: string,"messageId"?: string }; Returns: Json
                           },
"export_me":
{ Args: { "after"?: string,"limit"?: Json }; Returns: Json
                           },
"follow_unsubscribe_link":
{ Args: { "token"?: string }; Returns: Json
                           },
"forgot_password":
{ Args: { "email"?: string }; Returns: undefined
                           },
"get_account":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_analytics":
{ Args: { "bucket"?: string,"from"?: string,"timeZone"?: string,"to"?: string }; Returns: Json
                           },
"get_calendar":
{ Args: { "from"?: string,"projectId"?: string,"to"?: string }; Returns: Json
                           },
"get_calendar_feed":
{ Args: { "token"?: string }; Returns: Json
                           },
"get_calendar_link":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_conversation":
{ Args: { "conversationId"?: string }; Returns: Json
                           },
"get_deliverable":
{ Args: { "deliverableId"?: string }; Returns: Json
                           },
"get_download":
{ Args: { "fileId"?: string,"height"?: Json,"resize"?: string,"width"?: Json }; Returns: Json
                           },
"get_me":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_notification_preferences":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"get_platform_analytics":
{ Args: { "bucket"?: string,"from"?: string,"timeZone"?: string,"to"?: string }; Returns: Json
                           },
"get_project":
{ Args: { "projectId"?: string }; Returns: Json
                           },
"get_task":
{ Args: { "projectId"?: string,"taskId"?: string }; Returns: Json
                           },
"get_user":
{ Args: { "userId"?: string }; Returns: Json
                           },
"list_audit_events":
{ Args: { "before"?: string,"limit"?: Json,"projectId"?: string }; Returns: Json
                           },
"list_blocks":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"list_conversations":
{ Args: { "limit"?: Json,"page"?: Json }; Returns: Json
                           },
"list_deliverables":
{ Args: { "limit"?: Json,"page"?: Json,"projectId"?: string,"sort"?: string,"status"?: string,"taskId"?: string }; Returns: Json
                           },
"list_messages":
{ Args: { "after"?: string,"before"?: string,"conversationId"?: string,"limit"?: Json }; Returns: Json
                           },
"list_notifications":
{ Args: { "isRead"?: Json,"limit"?: Json,"page"?: Json }; Returns: Json
                           },
"list_project_tasks":
{ Args: { "assigneeId"?: string,"limit"?: Json,"page"?: Json,"projectId"?: string,"sort"?: string,"status"?: string }; Returns: Json
                           },
"list_projects":
{ Args: { "limit"?: Json,"page"?: Json,"sort"?: string,"status"?: string }; Returns: Json
                           },
"list_reviews":
{ Args: { "limit"?: Json,"page"?: Json,"sort"?: string,"userId"?: string }; Returns: Json
                           },
"list_samples":
{ Args: { "limit"?: Json,"page"?: Json,"projectId"?: string,"sort"?: string }; Returns: Json
                           },
"list_security_events":
{ Args: { "before"?: string,"limit"?: Json }; Returns: Json
                           },
"list_sessions":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"list_skills":
{ Args: Record<PropertyKey, never>; Returns: Json
                           },
"list_tasks":
{ Args: { "assigneeId"?: string,"dueFrom"?: string,"dueTo"?: string,"limit"?: Json,"page"?: Json,"projectId"?: string,"sort"?: string,"status"?: string }; Returns: Json
                           },
"mark_all_notifications_read":
{ Args: Record<PropertyKey, never>; Returns: undefined
                           },
"mark_conversation_read":
{ Args: { "conversationId"?: string,"messageId"?: string }; Returns: undefined
                           },
"mark_notification_read":
{ Args: { "notificationId"?: string }; Returns: undefined
                           },
"open_conversation":
{ Args: { "participantId"?: string }; Returns: Json
                           },
"remove_team_member":
{ Args: { "projectId"?: string,"userId"?: string }; Returns: undefined
                           },
"replace_file":
{ Args: { "deliverableId"?: string,"fileId"?: string,"newFileId"?: string }; Returns: Json
                           },
"request_revision":
{ Args: { "deliverableId"?: string,"feedback"?: string }; Returns: Json
                           },
"resend_verification":
{ Args: Record<PropertyKey, never>; Returns: undefined
                           },
"reset_password":
{ Args: { "newPassword"?: string,"token"?: string }; Returns: undefined
                           },
"resubmit_deliverable":
{ Args: { "deliverableId"?: string,"description"?: string,"files"?: Json,"title"?: string }; Returns: Json
                           },
"revoke_session":
{ Args: { "sessionId"?: string }; Returns: undefined
                           },
"search_talent":
{ Args: { "availability"?: string,"cursor"?: string,"limit"?: Json,"maxRate"?: Json,"minRate"?: Json,"minRating"?: Json,"page"?: Json,"q"?: string,"skills"?: Json,"skillsMode"?: string,"sort"?: string }; Returns: Json
                           },
"send_message":
{ Args: { "clientMessageId"?: string,"content"?: string,"conversationId"?: string }; Returns: Json
                           },
"submit_deliverable":
{ Args: { "description"?: string,"files"?: Json,"projectId"?: string,"taskId"?: string,"title"?: string }; Returns: Json
                           },
"unblock_user":
{ Args: { "userId"?: string }; Returns: undefined
                           },
"unsubscribe":
{ Args: { "token"?: string }; Returns: Json
                           },
"update_me":
{ Args: { "patch"?: Json }; Returns: Json
                           },
"update_notification_preferences":
{ Args: { "patch"?: Json }; Returns: Json
                           },
"update_project":
{ Args: { "patch"?: Json,"projectId"?: string }; Returns: Json
                           },
"update_review":
{ Args: { "patch"?: Json,"reviewId"?: string }; Returns: Json
                           },
"update_task":
{ Args: { "patch"?: Json,"projectId"?: string,"taskId"?: string }; Returns: Json
                           },
"verify_email":
{ Args: { "token"?: string }; Returns: Json
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        },"public": {
          Tables: {
            "audit_events": {
                  Row: {
                    "action": string,"actor_id": string | null,"created_at": string,"creator_id": string | null,"details": NonNullable<Json>,"entity_id": string,"entity_type": string,"id": number,"project_id": string | null,"subject_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"actor_id"?: string | null,"created_at"?: string,"creator_id"?: string | null,"details"?: NonNullable<Json>,"entity_id": string,"entity_type": string,"id"?: never,"project_id"?: string | null,"subject_id"?: string | null
                  }
                  Update: {
                    "action"?: string,"actor_id"?: string | null,"created_at"?: string,"creator_id"?: string | null,"details"?: NonNullable<Json>,"entity_id"?: string,"entity_type"?: string,"id"?: never,"project_id"?: string | null,"subject_id"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "audit_events_actor_id_fkey"
      columns: ["actor_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "audit_events_creator_id_fkey"
      columns: ["creator_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "audit_events_subject_id_fkey"
      columns: ["subject_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"conversation_reads": {
                  Row: {
                    "conversation_id": string,"last_read_at": string | null,"last_read_message_id": string | null,"unread_count": number,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "conversation_id": string,"last_read_at"?: string | null,"last_read_message_id"?: string | null,"unread_count"?: number,"user_id": string
                  }
                  Update: {
                    "conversation_id"?: string,"last_read_at"?: string | null,"last_read_message_id"?: string | null,"unread_count"?: number,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "conversation_reads_conversation_id_fkey"
      columns: ["conversation_id"]
isOneToOne: false
      referencedRelation: "conversations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "conversation_reads_last_read_message_id_fkey"
      columns: ["last_read_message_id"]
isOneToOne: false
      referencedRelation: "messages"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "conversation_reads_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"conversations": {
                  Row: {
                    "created_at": string,"creator_id": string,"id": string,"last_message_at": string | null,"last_message_id": string | null,"opened_cold": boolean,"talent_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"creator_id": string,"id"?: string,"last_message_at"?: string | null,"last_message_id"?: string | null,"opened_cold"?: boolean,"talent_id": string
                  }
                  Update: {
                    "created_at"?: string,"creator_id"?: string,"id"?: string,"last_message_at"?: string | null,"last_message_id"?: string | null,"opened_cold"?: boolean,"talent_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "conversations_creator_id_fkey"
      columns: ["creator_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "conversations_talent_id_fkey"
      columns: ["talent_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"deliverable_files": {
                  Row: {
                    "creator_id": string,"deliverable_id": string,"file_id": string,"in_deleted_deliverable": boolean,"place": number,"submitted_by_id": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "creator_id"?: string,"deliverable_id": string,"file_id": string,"in_deleted_deliverable"?: boolean,"place": number,"submitted_by_id"?: string,"version": number
                  }
                  Update: {
                    "creator_id"?: string,"deliverable_id"?: string,"file_id"?: string,"in_deleted_deliverable"?: boolean,"place"?: number,"submitted_by_id"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "deliverable_files_deliverable_id_version_fkey"
      columns: ["deliverable_id","version"]
isOneToOne: false
      referencedRelation: "deliverable_versions"
      referencedColumns: ["deliverable_id","version"]
    },{
      foreignKeyName: "deliverable_files_file_id_fkey"
      columns: ["file_id"]
isOneToOne: true
      referencedRelation: "files"
      referencedColumns: ["id"]
    }
                  ]
                },"deliverable_reviews": {
                  Row: {
                    "action": string,"created_at": string,"creator_id": string,"deliverable_id": string,"feedback": string | null,"in_deleted_deliverable": boolean,"reviewer_id": string | null,"submitted_by_id": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"created_at"?: string,"creator_id"?: string,"deliverable_id": string,"feedback"?: string | null,"in_deleted_deliverable"?: boolean,"reviewer_id"?: string | null,"submitted_by_id"?: string,"version": number
                  }
                  Update: {
                    "action"?: string,"created_at"?: string,"creator_id"?: string,"deliverable_id"?: string,"feedback"?: string | null,"in_deleted_deliverable"?: boolean,"reviewer_id"?: string | null,"submitted_by_id"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "deliverable_reviews_deliverable_id_version_fkey"
      columns: ["deliverable_id","version"]
isOneToOne: true
      referencedRelation: "deliverable_versions"
      referencedColumns: ["deliverable_id","version"]
    },{
      foreignKeyName: "deliverable_reviews_reviewer_id_fkey"
      columns: ["reviewer_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"deliverable_versions": {
                  Row: {
                    "creator_id": string,"deliverable_id": string,"description": string,"in_deleted_deliverable": boolean,"submitted_at": string,"submitted_by_id": string,"title": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "creator_id"?: string,"deliverable_id": string,"description": string,"in_deleted_deliverable"?: boolean,"submitted_at"?: string,"submitted_by_id"?: string,"title": string,"version": number
                  }
                  Update: {
                    "creator_id"?: string,"deliverable_id"?: string,"description"?: string,"in_deleted_deliverable"?: boolean,"submitted_at"?: string,"submitted_by_id"?: string,"title"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "deliverable_versions_deliverable_id_fkey"
      columns: ["deliverable_id"]
isOneToOne: false
      referencedRelation: "deliverables"
      referencedColumns: ["id"]
    }
                  ]
                },"deliverables": {
                  Row: {
                    "approved_at": string | null,"approved_by_id": string | null,"creator_id": string,"deleted_at": string | null,"description": string,"feedback": string | null,"id": string,"project_id": string,"revision_count": number,"status": string,"submitted_at": string,"submitted_by_id": string,"task_id": string,"title": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "approved_at"?: string | null,"approved_by_id"?: string | null,"creator_id"?: string,"deleted_at"?: string | null,"description"?: string,"feedback"?: string | null,"id"?: string,"project_id": string,"revision_count"?: number,"status"?: string,"submitted_at"?: string,"submitted_by_id": string,"task_id": string,"title": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "approved_at"?: string | null,"approved_by_id"?: string | null,"creator_id"?: string,"deleted_at"?: string | null,"description"?: string,"feedback"?: string | null,"id"?: string,"project_id"?: string,"revision_count"?: number,"status"?: string,"submitted_at"?: string,"submitted_by_id"?: string,"task_id"?: string,"title"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "deliverables_approved_by_id_fkey"
      columns: ["approved_by_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "deliverables_creator_id_fkey"
      columns: ["creator_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "deliverables_project_id_fkey"
      columns: ["project_id"]
isOneToOne: false
      referencedRelation: "projects"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "deliverables_submitted_by_id_fkey"
      columns: ["submitted_by_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "deliverables_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "tasks"
      referencedColumns: ["id"]
    }
                  ]
                },"files": {
                  Row: {
                    "batch_id": string | null,"bucket_id": string,"created_at": string,"creator_id": string | null,"deliverable_id": string | null,"expires_at": string,"failure": string | null,"file_name": string,"file_size": number,"id": string,"mime_type": string,"object_version": string | null,"path": string,"project_id": string | null,"removed_at": string | null,"scan_status": string,"scanned_at": string | null,"state": string,"task_id": string | null,"upload_type": string,"uploaded_at": string | null,"uploader_id": string,"used_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "batch_id"?: string | null,"bucket_id": string,"created_at"?: string,"creator_id"?: string | null,"deliverable_id"?: string | null,"expires_at"?: string,"failure"?: string | null,"file_name": string,"file_size": number,"id"?: string,"mime_type": string,"object_version"?: string | null,"path": string,"project_id"?: string | null,"removed_at"?: string | null,"scan_status"?: never,"scanned_at"?: string | null,"state"?: string,"task_id"?: string | null,"upload_type": string,"uploaded_at"?: string | null,"uploader_id": string,"used_at"?: string | null
                  }
                  Update: {
                    "batch_id"?: string | null,"bucket_id"?: string,"created_at"?: string,"creator_id"?: string | null,"deliverable_id"?: string | null,"expires_at"?: string,"failure"?: string | null,"file_name"?: string,"file_size"?: number,"id"?: string,"mime_type"?: string,"object_version"?: string | null,"path"?: string,"project_id"?: string | null,"removed_at"?: string | null,"scan_status"?: never,"scanned_at"?: string | null,"state"?: string,"task_id"?: string | null,"upload_type"?: string,"uploaded_at"?: string | null,"uploader_id"?: string,"used_at"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "files_creator_id_fkey"
      columns: ["creator_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "files_project_id_fkey"
      columns: ["project_id"]
isOneToOne: false
      referencedRelation: "projects"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "files_task_id_fkey"
      columns: ["task_id"]
isOneToOne: false
      referencedRelation: "tasks"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "files_uploader_id_fkey"
      columns: ["uploader_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"messages": {
                  Row: {
                    "client_message_id": string | null,"content": string | null,"conversation_id": string,"deleted_at": string | null,"edited_at": string | null,"id": string,"is_edited": boolean,"sender_id": string,"sent_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "client_message_id"?: string | null,"content"?: string | null,"conversation_id": string,"deleted_at"?: string | null,"edited_at"?: string | null,"id"?: string,"is_edited"?: boolean,"sender_id"?: string,"sent_at"?: string
                  }
                  Update: {
                    "client_message_id"?: string | null,"content"?: string | null,"conversation_id"?: string,"deleted_at"?: string | null,"edited_at"?: string | null,"id"?: string,"is_edited"?: boolean,"sender_id"?: string,"sent_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "messages_conversation_id_fkey"
      columns: ["conversation_id"]
isOneToOne: false
      referencedRelation: "conversations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "messages_sender_id_fkey"
      columns: ["sender_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"notification_preferences": {
                  Row: {
                    "email": boolean,"in_app": boolean,"type": string,"updated_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "email": boolean,"in_app": boolean,"type": string,"updated_at"?: string,"user_id": string
                  }
                  Update: {
                    "email"?: boolean,"in_app"?: boolean,"type"?: string,"updated_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "notification_preferences_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"profiles": {
                  Row: {
                    "availability": string | null,"avatar_file_id": string | null,"avatar_url": string | null,"average_rating": number | null,"bio": string | null,"company_name": string | null,"created_at": string,"deleted_at": string | null,"github_url": string | null,"hourly_rate": number | null,"id": string,"instagram_url": string | null,"linkedin_url": string | null,"name": string,"portfolio_links": (string)[],"professional_title": string | null,"profile_completion_percentage": number,"rating_counts": (number)[],"skills": (string)[],"total_reviews": number,"twitter_url": string | null,"updated_at": string,"user_type": string,"youtube_url": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "availability"?: string | null,"avatar_file_id"?: string | null,"avatar_url"?: string | null,"average_rating"?: number | null,"bio"?: string | null,"company_name"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"github_url"?: string | null,"hourly_rate"?: number | null,"id": string,"instagram_url"?: string | null,"linkedin_url"?: string | null,"name": string,"portfolio_links"?: (string)[],"professional_title"?: string | null,"profile_completion_percentage"?: never,"rating_counts"?: (number)[],"skills"?: (string)[],"total_reviews"?: number,"twitter_url"?: string | null,"updated_at"?: string,"user_type": string,"youtube_url"?: string | null
                  }
                  Update: {
                    "availability"?: string | null,"avatar_file_id"?: string | null,"avatar_url"?: string | null,"average_rating"?: number | null,"bio"?: string | null,"company_name"?: string | null,"created_at"?: string,"deleted_at"?: string | null,"github_url"?: string | null,"hourly_rate"?: number | null,"id"?: string,"instagram_url"?: string | null,"linkedin_url"?: string | null,"name"?: string,"portfolio_links"?: (string)[],"professional_title"?: string | null,"profile_completion_percentage"?: never,"rating_counts"?: (number)[],"skills"?: (string)[],"total_reviews"?: number,"twitter_url"?: string | null,"updated_at"?: string,"user_type"?: string,"youtube_url"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "profiles_avatar_file_id_fkey"
      columns: ["avatar_file_id"]
isOneToOne: false
      referencedRelation: "files"
      referencedColumns: ["id"]
    }
                  ]
                },"project_members": {
                  Row: {
                    "creator_id": string,"id": string,"in_deleted_project": boolean,"joined_at": string,"left_by_choice": boolean,"project_id": string,"removed_at": string | null,"role": string | null,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "creator_id"?: string,"id"?: string,"in_deleted_project"?: boolean,"joined_at"?: string,"left_by_choice"?: boolean,"project_id": string,"removed_at"?: string | null,"role"?: string | null,"user_id": string
                  }
                  Update: {
                    "creator_id"?: string,"id"?: string,"in_deleted_project"?: boolean,"joined_at"?: string,"left_by_choice"?: boolean,"project_id"?: string,"removed_at"?: string | null,"role"?: string | null,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "project_members_creator_id_fkey"
      columns: ["creator_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "project_members_project_id_fkey"
      columns: ["project_id"]
isOneToOne: false
      referencedRelation: "projects"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "project_members_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"project_samples": {
                  Row: {
                    "created_at": string,"creator_id": string,"description": string | null,"file_id": string | null,"id": string,"in_deleted_project": boolean,"name": string,"project_id": string,"type": string,"url": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"creator_id"?: string,"description"?: string | null,"file_id"?: string | null,"id"?: string,"in_deleted_project"?: boolean,"name": string,"project_id": string,"type": string,"url"?: string | null
                  }
                  Update: {
                    "created_at"?: string,"creator_id"?: string,"description"?: string | null,"file_id"?: string | null,"id"?: string,"in_deleted_project"?: boolean,"name"?: string,"project_id"?: string,"type"?: string,"url"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "project_samples_creator_id_fkey"
      columns: ["creator_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "project_samples_file_id_fkey"
      columns: ["file_id"]
isOneToOne: false
      referencedRelation: "files"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "project_samples_project_id_fkey"
      columns: ["project_id"]
isOneToOne: false
      referencedRelation: "projects"
      referencedColumns: ["id"]
    }
                  ]
                },"projects": {
                  Row: {
                    "archived_at": string | null,"completed_at": string | null,"completed_task_count": number,"created_at": string,"creator_id": string,"deleted_at": string | null,"description": string,"due_date": string,"id": string,"name": string,"status": string,"task_count": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "archived_at"?: string | null,"completed_at"?: string | null,"completed_task_count"?: number,"created_at"?: string,"creator_id"?: string,"deleted_at"?: string | null,"description": string,"due_date": string,"id"?: string,"name": string,"status"?: string,"task_count"?: number,"updated_at"?: string
                  }
                  Update: {
                    "archived_at"?: string | null,"completed_at"?: string | null,"completed_task_count"?: number,"created_at"?: string,"creator_id"?: string,"deleted_at"?: string | null,"description"?: string,"due_date"?: string,"id"?: string,"name"?: string,"status"?: string,"task_count"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "projects_creator_id_fkey"
      columns: ["creator_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"reviews": {
                  Row: {
                    "created_at": string,"creator_id": string,"deleted_at": string | null,"id": string,"project_id": string,"rating": number,"talent_id": string,"text": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"creator_id"?: string,"deleted_at"?: string | null,"id"?: string,"project_id": string,"rating": number,"talent_id": string,"text": string,"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"creator_id"?: string,"deleted_at"?: string | null,"id"?: string,"project_id"?: string,"rating"?: number,"talent_id"?: string,"text"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "reviews_creator_id_fkey"
      columns: ["creator_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "reviews_project_id_fkey"
      columns: ["project_id"]
isOneToOne: false
      referencedRelation: "projects"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "reviews_talent_id_fkey"
      columns: ["talent_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                },"skills": {
                  Row: {
                    "id": string,"name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "id"?: string,"name": string
                  }
                  Update: {
                    "id"?: string,"name"?: string
                  }
                  Relationships: [
                    
                  ]
                },"tasks": {
                  Row: {
                    "anchor_occurrence": number | null,"assignee_id": string | null,"completed_at": string | null,"created_at": string,"creator_id": string,"deleted_at": string | null,"description": string,"due_date": string,"id": string,"in_deleted_project": boolean,"name": string,"occurrence": number | null,"project_id": string,"recurrence": string | null,"series_anchor": string | null,"series_id": string | null,"status": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "anchor_occurrence"?: number | null,"assignee_id"?: string | null,"completed_at"?: string | null,"created_at"?: string,"creator_id"?: string,"deleted_at"?: string | null,"description"?: string,"due_date": string,"id"?: string,"in_deleted_project"?: boolean,"name": string,"occurrence"?: number | null,"project_id": string,"recurrence"?: string | null,"series_anchor"?: string | null,"series_id"?: string | null,"status"?: string,"updated_at"?: string
                  }
                  Update: {
                    "anchor_occurrence"?: number | null,"assignee_id"?: string | null,"completed_at"?: string | null,"created_at"?: string,"creator_id"?: string,"deleted_at"?: string | null,"description"?: string,"due_date"?: string,"id"?: string,"in_deleted_project"?: boolean,"name"?: string,"occurrence"?: number | null,"project_id"?: string,"recurrence"?: string | null,"series_anchor"?: string | null,"series_id"?: string | null,"status"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "tasks_assignee_id_fkey"
      columns: ["assignee_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "tasks_creator_id_fkey"
      columns: ["creator_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "tasks_project_id_fkey"
      columns: ["project_id"]
isOneToOne: false
      referencedRelation: "projects"
      referencedColumns: ["id"]
    }
                  ]
                },"user_blocks": {
                  Row: {
                    "blocked_id": string,"blocker_id": string,"created_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "blocked_id": string,"blocker_id": string,"created_at"?: string
                  }
                  Update: {
                    "blocked_id"?: string,"blocker_id"?: string,"created_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "user_blocks_blocked_id_fkey"
      columns: ["blocked_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "user_blocks_blocker_id_fkey"
      columns: ["blocker_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                }
          }
          Views: {
            "notifications": {
                  Row: {
                    "actor_id": string | null,"created_at": string,"entity_id": string | null,"entity_type": string | null,"id": string,"is_read": boolean | null,"message": string | null,"metadata": NonNullable<Json>,"read_at": string | null,"title": string,"type": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                           "actor_id"?: string | null,"created_at"?: string | null,"entity_id"?: string | null,"entity_type"?: string | null,"id"?: string | null,"is_read"?: boolean | null,"message"?: string | null,"metadata"?: Json | null,"read_at"?: string | null,"title"?: string | null,"type"?: string | null,"user_id"?: string | null
                         }
                        Update: {
                           "actor_id"?: string | null,"created_at"?: string | null,"entity_id"?: string | null,"entity_type"?: string | null,"id"?: string | null,"is_read"?: boolean | null,"message"?: string | null,"metadata"?: Json | null,"read_at"?: string | null,"title"?: string | null,"type"?: string | null,"user_id"?: string | null
                         }
                        Relationships: [
                    {
      foreignKeyName: "notifications_actor_id_fkey"
      columns: ["actor_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "notifications_user_id_fkey"
      columns: ["user_id"]
isOneToOne: false
      referencedRelation: "profiles"
      referencedColumns: ["id"]
    }
                  ]
                }
          }
          Functions: {
            [_ in never]: never
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "api": {
          Enums: {
            
          }
        },"public": {
          Enums: {
            
          }
        }
} as const
