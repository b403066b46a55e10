from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import staff_page
from minsheng.records.registry.days import business_day
from minsheng.records.registry.operations import (
    Particulars,
    UnableToCreatePerson,
    UnableToFind,
    UnableToRecordStatement,
    UnableToRegisterDeath,
    UnableToRetractStatement,
    UnableToUseMerged,
    create_person,
    possible_duplicates,
    record_statement,
    register_death,
    retract_statement,
    state_purpose,
)
from minsheng.records.registry.pages.finding import must_be_here
from minsheng.records.registry.pages.forms import RECORDABLE, DeathForm, FactForm, NewPersonForm
from minsheng.records.registry.pages.presenting import GROUPS
from minsheng.records.registry.queries.duplicates import Typed
from minsheng.records.registry.queries.person import areas_to_register_in
from minsheng.records.registry.types import Duplicate, IdKind, LookPurpose, Sex, SubjectKind
from minsheng.records.registry.vocabulary import ATTRIBUTES


@staff_page(capability="registry.edit", methods=("GET", "HEAD", "POST"))
def create(request: HttpRequest) -> HttpResponse:
    """This function will register somebody; those who may be the same are shown while the form is filled in."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    areas = areas_to_register_in(viewer=viewer)
    if request.method != "POST":
        form = NewPersonForm(areas=areas, initial={"name": request.GET.get("name", "")})
        return render(request, "registry/create.html", {"form": form})
    form = NewPersonForm(request.POST, areas=areas)
    duplicates: tuple[Duplicate, ...] = ()
    if form.is_valid():
        data = form.cleaned_data
        try:
            person_id = create_person(
                actor=viewer,
                at=at,
                area_id=data["area"],
                particulars=Particulars(
                    name=data["name"],
                    id_kind=IdKind(data["id_kind"]),
                    id_number=data["id_number"],
                    sex=Sex(data["sex"]) if data["sex"] else None,
                    birth_date=data["birth_date"],
                    phone=data["phone"],
                ),
                source=data["source"],
                dismissed=frozenset(int(n) for n in request.POST.getlist("dismissed") if n.isdigit()),
            )
        except UnableToCreatePerson as refusal:
            form.add_error(None, str(refusal))
            duplicates = refusal.duplicates
        else:
            state_purpose(actor=viewer, at=at, person_id=person_id, code=LookPurpose.CORRECTION)
            messages.success(request, f"{data['name']}已登记，编号 {person_id}。")
            return redirect("registry:person", person_id=person_id)
    context = {"form": form, "duplicates": duplicates, "dismissible": not any(d.certain for d in duplicates)}
    return render(request, "registry/create.html", context, status=422)


@staff_page(capability="registry.edit", methods=("POST",))
def duplicates(request: HttpRequest) -> HttpResponse:
    """This function will show who may be the person being typed."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    form = NewPersonForm(request.POST, areas=[])
    form.is_valid()
    data = form.cleaned_data
    typed = Typed(
        name=data.get("name", ""),
        birth_date=data.get("birth_date"),
        id_number=data.get("id_number", ""),
        phone=data.get("phone", ""),
    )
    found = possible_duplicates(viewer=viewer, at=at, typed=typed)
    context = {"duplicates": found, "dismissible": not any(d.certain for d in found)}
    return render(request, "registry/duplicates.html", context)


@staff_page(capability="registry.edit", methods=("GET", "HEAD", "POST"))
def record_fact(request: HttpRequest, person_id: int) -> HttpResponse:
    """This function will record one fact of a person: first which, then what, who says so, and since when."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    must_be_here(person_id=person_id)
    name = request.GET.get("attribute", "")
    attribute = ATTRIBUTES[name] if name in {a.name for a in RECORDABLE} else None
    options = [(label, [a for a in RECORDABLE if a.sensitivity is kind]) for kind, label in GROUPS]
    context = {"person_id": person_id, "options": options, "attribute": attribute}
    if attribute is None:
        return render(request, "registry/record_fact.html", context)
    form = FactForm(request.POST or None, attribute=attribute, initial={"valid_from": business_day(at)})
    if request.method == "POST" and form.is_valid():
        try:
            record_statement(
                actor=viewer,
                at=at,
                subject_kind=SubjectKind.PERSON,
                subject_id=person_id,
                source=form.cleaned_data["source"],
                values={attribute.name: form.stated()},
                valid_from=form.cleaned_data["valid_from"],
            )
        except UnableToFind as problem:
            raise Http404(str(problem)) from problem
        except (UnableToRecordStatement, UnableToUseMerged) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"“{attribute.label}”已记下，待遇会按新的情况重新计算。")
            return redirect("registry:person", person_id=person_id)
    return render(request, "registry/record_fact.html", {**context, "form": form}, status=422 if form.errors else 200)


@staff_page(capability="registry.edit", methods=("GET", "HEAD", "POST"))
def death(request: HttpRequest, person_id: int) -> HttpResponse:
    """This function will register a death."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    must_be_here(person_id=person_id)
    form = DeathForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            register_death(
                actor=viewer, at=at, person_id=person_id, death_date=data["death_date"], source=data["source"]
            )
        except UnableToFind as problem:
            raise Http404(str(problem)) from problem
        except (UnableToRegisterDeath, UnableToUseMerged) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已登记。从去世次月起的待遇会重新计算。")
            return redirect("registry:person", person_id=person_id)
    context = {"form": form, "person_id": person_id}
    return render(request, "registry/death.html", context, status=422 if form.errors else 200)


@staff_page(capability="registry.edit", methods=("POST",))
def retract(request: HttpRequest, statement_id: int) -> HttpResponse:
    """This function will withdraw a statement and lead back to the person."""
    viewer, at = request.viewer, request.at  # type: ignore[attr-defined]
    try:
        retract_statement(actor=viewer, at=at, statement_id=statement_id, reason=request.POST.get("reason", ""))
    except UnableToFind as problem:
        raise Http404(str(problem)) from problem
    except UnableToRetractStatement as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "这条记录已撤回，原来的内容还查得到。")
    person_id = request.POST.get("person", "")
    return redirect("registry:person", person_id=int(person_id)) if person_id.isdigit() else redirect("registry:search")
