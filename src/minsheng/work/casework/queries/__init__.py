"""What may be asked of casework; every query takes a viewer, except for what anyone may read by an exact address."""

from minsheng.work.casework.queries.alliance import MemberLine, member_file, members_for, roster
from minsheng.work.casework.queries.case import (
    CaseFile,
    case_file,
    case_ref,
    document_data,
    matters_in_hand,
    open_case_of,
)
from minsheng.work.casework.queries.household import OwnCase, cases_of_household
from minsheng.work.casework.queries.joint import (
    JointFile,
    joint_file,
    joint_list,
    joint_number,
    joints_of_household,
    plan_of_household,
    sources_of_joint,
)
from minsheng.work.casework.queries.lists import CaseFilter, case_counts, cases_page, counts_by_status
from minsheng.work.casework.queries.overview import overview
from minsheng.work.casework.queries.public import noticeboard, public_notice, verified_letter
from minsheng.work.casework.queries.referrals import referrals_waiting

__all__ = [
    "CaseFile",
    "CaseFilter",
    "JointFile",
    "MemberLine",
    "OwnCase",
    "case_counts",
    "case_file",
    "case_ref",
    "cases_of_household",
    "cases_page",
    "counts_by_status",
    "document_data",
    "joint_file",
    "joint_list",
    "joint_number",
    "joints_of_household",
    "matters_in_hand",
    "member_file",
    "members_for",
    "noticeboard",
    "open_case_of",
    "overview",
    "plan_of_household",
    "public_notice",
    "referrals_waiting",
    "roster",
    "sources_of_joint",
    "verified_letter",
]
