"""What visitors ask, vote and write, kept in SQLite or PostgreSQL. SQLAlchemy and its errors stay inside."""

from faqbot.store.numbers import new_query_id as new_query_id
from faqbot.store.records import Feedback as Feedback
from faqbot.store.records import FeedbackReason as FeedbackReason
from faqbot.store.records import Inquiry as Inquiry
from faqbot.store.records import InquiryState as InquiryState
from faqbot.store.records import Message as Message
from faqbot.store.records import NewInquiry as NewInquiry
from faqbot.store.records import NewNotice as NewNotice
from faqbot.store.records import Notice as Notice
from faqbot.store.records import Purged as Purged
from faqbot.store.records import QueryRecord as QueryRecord
from faqbot.store.records import Receipt as Receipt
from faqbot.store.records import Retention as Retention
from faqbot.store.records import StoredQuery as StoredQuery
from faqbot.store.records import TranscriptItem as TranscriptItem
from faqbot.store.records import Via as Via
from faqbot.store.records import Vote as Vote
from faqbot.store.store import Store as Store
from faqbot.store.store import open_store as open_store
