"""What drugs are given for, what they are known to do, and the signs of diagnoses: the tables through their loaders."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pv.errors import LexiconError
from pv.lexicon.components import load_components
from pv.lexicon.knowledge import KNOWLEDGE_COLUMNS, load_knowledge
from pv.lexicon.paths import lexicon_dir
from pv.lexicon.table import load_macros
from pv.lexicon.terms import EventConcept, Words, load_composed_terms, load_event_terms
from pv.model import DrugKind, DrugMention, EventMention

FOLDER = lexicon_dir()
ATC = re.compile(r"[A-DGHJLMNPRSV](\d\d([A-Z]([A-Z](\d\d)?)?)?)?")


def _concepts() -> dict[str, EventConcept]:
    macros = load_macros(FOLDER / "macros.csv")
    terms = list(load_event_terms(FOLDER / "events.csv", macros))
    known: dict[Words, EventConcept] = {}
    for term in terms:
        known.setdefault(term.words, term.entry)
    terms += load_composed_terms(FOLDER, macros, known)
    return {term.entry.concept: term.entry for term in terms}


CONCEPTS = _concepts()
GROUPS = frozenset(concept.group for concept in CONCEPTS.values())
KNOWLEDGE = load_knowledge(FOLDER, frozenset(CONCEPTS), GROUPS)
COMPONENTS = load_components(FOLDER / "event_components.csv", frozenset(CONCEPTS))
TABLES = ("indications.csv", "known_reactions.csv")

# One line: ATC code, what it is, concepts it is given for, concepts it is not given for.
INDICATIONS = """
A02BC01 oméprazole | ulcere_gastrique reflux_gastro_oesophagien | hypomagnesemie nephrite_interstitielle
A04AA01 ondansétron | vomissement nausee | constipation torsades_de_pointes
A06AD11 lactulose | encephalopathie_hepatique constipation | hypokaliemie
A10AE04 insuline glargine | acidocetose diabete_de_type_1 | hypoglycemie
A10BA02 metformine | diabete_de_type_2 | acidose_lactique
A10BK01 dapagliflozine | diabete_de_type_2 insuffisance_cardiaque | acidocetose gangrene_de_fournier
A12BA01 chlorure de potassium | hypokaliemie | hyperkaliemie
B01AA03 warfarine | fibrillation_auriculaire embolie_pulmonaire | hemorragie_digestive hematome_sous_dural
B01AB05 énoxaparine | thrombose_veineuse_profonde | thrombopenie thrombopenie_induite_par_l_heparine
B01AE03 argatroban | thrombopenie_induite_par_l_heparine | hemorragie
B01AC06 acide acétylsalicylique | infarctus_du_myocarde | ulcere_gastrique bronchospasme
B02BA01 phytoménadione | inr_augmente surdosage_en_antivitamine_k | choc_anaphylactique
B03XA01 époétine | anemie | erythroblastopenie hypertension_arterielle
C01BD01 amiodarone | fibrillation_auriculaire | hypothyroidie pneumopathie_interstitielle
C01CA24 adrénaline | choc_anaphylactique | tachycardie
C03CA01 furosémide | oedeme_aigu_du_poumon | hypokaliemie ototoxicite
C07AA05 propranolol | varices_oesophagiennes hypertension_arterielle | bronchospasme bradycardie
C09AA05 ramipril | hypertension_arterielle insuffisance_cardiaque | toux oedeme_de_quincke hyperkaliemie
C10AA05 atorvastatine | hypercholesterolemie | rhabdomyolyse myalgie
D07AC01 bétaméthasone topique | eczema psoriasis toxidermie | glaucome
G03AA07 lévonorgestrel/éthinylestradiol | dysmenorrhee acne | embolie_pulmonaire
G04CA02 tamsulosine | hypertrophie_benigne_de_la_prostate | syncope
H02AB06 prednisolone | polyarthrite_rhumatoide dress hepatite_immuno_mediee | diabete pneumocystose
H03AA01 lévothyroxine | hypothyroidie | tachycardie hyperthyroidie
H03BB01 carbimazole | hyperthyroidie | agranulocytose
J01CR02 amoxicilline/acide clavulanique | pneumopathie sepsis fievre | hepatite_cholestatique erytheme dyspnee
J01DD04 ceftriaxone | meningite pyelonephrite | anemie_hemolytique lithiase_biliaire
J01EE01 cotrimoxazole | pneumocystose | necrolyse_epidermique_toxique hyperkaliemie
J01XA01 vancomycine | colite_pseudomembraneuse endocardite | syndrome_de_l_homme_rouge insuffisance_renale_aigue
J02AC03 voriconazole | aspergillose | hallucination
J04AC01 isoniazide | tuberculose | hepatite
J05AF05 lamivudine | hepatite_b infection_a_vih | pancreatite
J05AP01 ribavirine | hepatite_c | anemie_hemolytique reactivation_de_l_hepatite_b
J06BA02 immunoglobulines humaines | syndrome_de_guillain_barre | meningite_aseptique
J07BN01 vaccin covid-19 | covid_19 | myocardite zona
L04AX03 méthotrexate | psoriasis leucemie_aigue_lymphoblastique | pancytopenie mucite sclerose_en_plaques
L01EX01 sunitinib | cancer_du_rein | coagulation_intravasculaire_disseminee hypertension_arterielle
L01FA01 rituximab | lymphome_folliculaire vascularite_a_anca | leuco_encephalopathie_multifocale_progressive
L01FF01 nivolumab | melanome cancer_bronchique | hypothyroidie colite myocardite
L02BA01 tamoxifène | cancer_du_sein metastase_osseuse | cancer_de_l_endometre
L03AA02 filgrastim | neutropenie_febrile | rupture_de_rate
L04AB02 infliximab | maladie_de_crohn spondylarthrite | sclerose_en_plaques psoriasis_pustuleux tuberculose
L04AC10 sécukinumab | psoriasis | maladie_de_crohn
L04AD02 tacrolimus | rejet_de_greffe_renale | insuffisance_renale_aigue diabete
L04AX01 azathioprine | rectocolite_hemorragique | aplasie_medullaire pancreatite
M01AE01 ibuprofène | fievre douleur_pelvienne arthralgie | hemorragie_digestive insuffisance_renale_aigue
M04AA01 allopurinol | hyperuricemie | dress
M05BA08 acide zolédronique | hypercalcemie metastase_osseuse | osteonecrose_de_la_machoire
N01AX10 propofol | agitation | syndrome_de_perfusion_du_propofol
N02AA01 morphine | douleur_abdominale dyspnee | depression_respiratoire constipation
N02BE01 paracétamol | cephalee fievre lombalgie douleur_de_la_cheville | hepatite_fulminante
N03AF01 carbamazépine | crise_epileptique_focale douleur_faciale | syndrome_de_stevens_johnson hyponatremie
N03AG01 acide valproïque | epilepsie manie | hyperammoniemie agressivite
N03AX16 prégabaline | douleur_neuropathique | myoclonie
N04BA02 lévodopa/bensérazide | maladie_de_parkinson | hallucination
N05AH02 clozapine | psychose | agranulocytose myocardite
N05AN01 lithium | trouble_bipolaire | vomissement tremblement
N05BA06 lorazépam | anxiete syndrome_de_sevrage_alcoolique | syndrome_de_sevrage chute
N06AB06 sertraline | depression | hyponatremie
N06DA02 donépézil | demence | bradycardie
P01BA02 hydroxychloroquine | lupus_erythemateux_dissemine paludisme | retinopathie
R03AC02 salbutamol | asthme_aigu_grave hyperkaliemie | hypokaliemie
R06AE07 cétirizine | urticaire prurit | somnolence
S01ED01 timolol | glaucome | bradycardie
V03AB15 naloxone | depression_respiratoire intoxication_aux_opioides | syndrome_de_sevrage
V08AB05 iopromide | | insuffisance_renale_aigue urticaire
"""

# One line: ATC code, what it is, effects it is known for, events it is not known for.
REACTIONS = """
A02BC01 oméprazole | hypomagnesemie nephrite_interstitielle | ulcere_gastrique surdite
A03FA01 métoclopramide | dystonie dyskinesie_tardive | vomissement
A07EC02 mésalazine | pancreatite myocardite | agranulocytose
A10AB05 insuline asparte | hypoglycemie hypokaliemie | acidose_lactique
A10BA02 metformine | acidose_lactique carence_en_vitamine_b12 | pancreatite acidocetose
A10BB09 gliclazide | coma_hypoglycemique | acidocetose
A10BJ06 sémaglutide | pancreatite vomissement lithiase_biliaire | gangrene_de_fournier
A10BK03 empagliflozine | acidocetose gangrene_de_fournier | pancreatite
B01AA03 warfarine | hemorragie_digestive inr_augmente calciphylaxie | nephrite_interstitielle osteoporose
B01AA12 fluindione | nephrite_interstitielle hematome | osteoporose
B01AB05 énoxaparine | thrombopenie_induite_par_l_heparine hyperkaliemie | calciphylaxie
B01AF02 apixaban | hematome_sous_dural hematurie | thrombopenie_induite_par_l_heparine
B01AC24 ticagrélor | dyspnee epistaxis | calciphylaxie
B03AC carboxymaltose ferrique | hypophosphatemie choc_anaphylactique | constipation
B05AX concentré de globules rouges | trali surcharge_en_fer | pancreatite
B05XA01 chlorure de potassium | hyperkaliemie | hypokaliemie
C01AA05 digoxine | intoxication_digitalique trouble_de_la_vision_des_couleurs | hypothyroidie
C01BD01 amiodarone | hyperthyroidie depots_corneens fibrose_pulmonaire | lupus_induit
C03AA03 hydrochlorothiazide | hyponatremie cancer_de_la_peau | gynecomastie hyperkaliemie
C03DA01 spironolactone | hyperkaliemie gynecomastie | ototoxicite hypokaliemie
C07AB07 bisoprolol | bradycardie bloc_auriculo_ventriculaire | toux
C08CA01 amlodipine | oedeme_peripherique hyperplasie_gingivale | bloc_auriculo_ventriculaire
C09AA05 ramipril | toux oedeme_de_quincke | enteropathie
C09CA08 olmésartan | enteropathie hyperkaliemie | toux
C10AA05 atorvastatine | rhabdomyolyse cytolyse_hepatique | agranulocytose
D10BA01 isotrétinoïne | depression hypertriglyceridemie | agranulocytose
G03AA07 lévonorgestrel/éthinylestradiol | embolie_pulmonaire thrombose_veineuse_cerebrale | agranulocytose
G03HA01 cyprotérone | meningiome | acne
H02AB06 prednisolone | osteonecrose_aseptique hyperglycemie cataracte | rhabdomyolyse hypercalcemie
H03BB01 carbimazole | agranulocytose aplasia_cutis | hyperthyroidie
J01AA02 doxycycline | photosensibilisation oesophagite | ototoxicite
J01CR02 amoxicilline/acide clavulanique | hepatite_cholestatique cristallurie | ototoxicite tendinopathie
J01EE01 cotrimoxazole | hyperkaliemie necrolyse_epidermique_toxique | tendinopathie
J01GB03 gentamicine | surdite necrose_tubulaire_aigue | rupture_tendineuse
J01MA02 ciprofloxacine | rupture_tendineuse dissection_aortique | surdite
J01XA01 vancomycine | syndrome_de_l_homme_rouge dermatose_a_iga_lineaire | rupture_tendineuse
J01XB01 colistine | necrose_tubulaire_aigue bloc_neuromusculaire_prolonge | rupture_tendineuse
J01XE01 nitrofurantoïne | fibrose_pulmonaire | pancreatite
J01XX08 linézolide | thrombopenie syndrome_serotoninergique | rupture_tendineuse
J01XX09 daptomycine | pneumopathie_a_eosinophiles rhabdomyolyse | syndrome_serotoninergique
J04AB02 rifampicine | coloration_anormale_des_urines hepatite | neuropathie_optique_toxique
J04AK01 pyrazinamide | hyperuricemie | neuropathie_optique_toxique
J04AK02 éthambutol | neuropathie_optique_toxique | pancytopenie
J04BA02 dapsone | methemoglobinemie | surdite
J05AF06 abacavir | hypersensibilite | neuropathie_optique_toxique
J06BA02 immunoglobulines humaines | meningite_aseptique thrombose | surdite
J07BN01 vaccin covid-19 | myocardite | rhabdomyolyse
L01AA06 ifosfamide | encephalopathie syndrome_de_fanconi cystite_hemorragique | surdite
L01BC02 fluorouracile | angor hyperammoniemie syndrome_mains_pieds | cystite_hemorragique
L01BC05 gemcitabine | microangiopathie_thrombotique | cystite_hemorragique
L01CA02 vincristine | ileus_paralytique neuropathie_peripherique | cystite_hemorragique
L01DB01 doxorubicine | fraction_d_ejection_diminuee extravasation | syndrome_de_fanconi
L01DC01 bléomycine | fibrose_pulmonaire | cystite_hemorragique
L01EA01 imatinib | oedeme_palpebral | dissection_arterielle
L01EA02 dasatinib | epanchement_pleural hypertension_arterielle_pulmonaire | dissection_arterielle
L01EL01 ibrutinib | fibrillation_auriculaire hematome | dissection_arterielle
L01EX01 sunitinib | coagulation_intravasculaire_disseminee hypothyroidie | syndrome_de_differenciation
L01EX13 gilteritinib | syndrome_de_differenciation | dissection_aortique
L01FA01 rituximab | leuco_encephalopathie_multifocale_progressive hypogammaglobulinemie | surdite
L01FD01 trastuzumab | fraction_d_ejection_diminuee | perforation_digestive
L01FE01 cétuximab | rash_acneiforme hypomagnesemie | hypertension_arterielle
L01FF02 pembrolizumab | hypophysite colite_immuno_mediee myocardite | hypomagnesemie
L01FG01 bévacizumab | perforation_digestive proteinurie | hypomagnesemie
L01XA01 cisplatine | ototoxicite hypomagnesemie necrose_tubulaire_aigue | neuropathie_au_froid
L01XA03 oxaliplatine | neuropathie_au_froid laryngospasme | cystite_hemorragique
L01XG01 bortézomib | zona neuropathie_peripherique | cystite_hemorragique
L01XL04 tisagenlecleucel | syndrome_de_relargage_cytokinique aphasie | syndrome_mains_pieds
L02BA01 tamoxifène | cancer_de_l_endometre embolie_pulmonaire | agranulocytose
L03AB11 peginterféron alfa-2a | depression thyroidite | rupture_de_rate
L04AB02 infliximab | lupus_induit psoriasis tuberculose | hirsutisme
L04AC07 tocilizumab | perforation_digestive | hirsutisme
L04AD01 ciclosporine | hirsutisme hyperplasie_gingivale | rupture_tendineuse
L04AF01 tofacitinib | zona embolie_pulmonaire | hirsutisme
L04AX03 méthotrexate | pneumopathie_interstitielle pancytopenie | hirsutisme
L04AX04 lénalidomide | embolie_pulmonaire second_cancer | hirsutisme
M01AE01 ibuprofène | hemorragie_digestive insuffisance_renale_aigue fasciite_necrosante | hypoglycemie
M04AA01 allopurinol | dress syndrome_de_stevens_johnson | diabete
M04AC01 colchicine | pancytopenie neuromyopathie | lithiase_urinaire
M05BX04 dénosumab | hypocalcemie osteonecrose_de_la_machoire | uveite
N01BB01 bupivacaïne | toxicite_neurologique_des_anesthesiques_locaux | hyperthermie_maligne
N02AX02 tramadol | hypoglycemie crise_convulsive | agranulocytose
N02BE01 paracétamol | hepatite_fulminante | ulcere_gastrique constipation
N03AB02 phénytoïne | hyperplasie_gingivale dress | hyperammoniemie
N03AG01 acide valproïque | encephalopathie_hyperammoniemique spina_bifida | hyperplasie_gingivale
N03AX11 topiramate | lithiase_urinaire acidose_metabolique | hyperplasie_gingivale
N05AH02 clozapine | agranulocytose myocardite fecalome | diabete_insipide
N05AN01 lithium | diabete_insipide_nephrogenique hypothyroidie | agranulocytose
N05BA06 lorazépam | chute syndrome_de_sevrage | agranulocytose
N06AB06 sertraline | hyponatremie syndrome_serotoninergique | agranulocytose
P01BA02 hydroxychloroquine | retinopathie cardiomyopathie | surdite
V08AB05 iopromide | choc_anaphylactique nephropathie_au_produit_de_contraste | hypocalcemie
"""

SIGNS = """
dress | eosinophilie fievre adenopathie cytolyse_hepatique | melena
necrolyse_epidermique_toxique | dermatite_bulleuse conjonctivite | eosinophilie
choc_anaphylactique | hypotension urticaire tryptase_augmentee | fievre
coagulation_intravasculaire_disseminee | hypofibrinogenemie thrombopenie | eosinophilie
thrombopenie_induite_par_l_heparine | thrombopenie embolie_pulmonaire | neutropenie
hyponatremie | crise_convulsive syndrome_confusionnel | fievre
rhabdomyolyse | cpk_augmentees insuffisance_renale_aigue | eosinophilie
syndrome_de_lyse_tumorale | hyperuricemie hyperkaliemie | hypokaliemie
hemorragie_digestive | melena anemie choc_hemorragique | eosinophilie
surdosage_en_antivitamine_k | inr_augmente hematome_retroperitoneal | neutropenie
intoxication_digitalique | bradycardie trouble_de_la_vision_des_couleurs | hypothyroidie
syndrome_malin_des_neuroleptiques | fievre cpk_augmentees | melena
acidose_lactique | hyperlactatemie | hyperglycemie
hypoglycemie | coma malaise | melena
encephalopathie_posterieure_reversible | crise_convulsive cephalee | melena
insuffisance_surrenalienne | hyponatremie cortisol_abaisse | hypokaliemie
syndrome_de_relargage_cytokinique | fievre hypoxie | purpura
lupus_induit | arthralgie facteurs_antinucleaires_positifs | melena
"""


def facts(table: str) -> Iterator[tuple[str, str, bool]]:
    """Give the subject, one concept and whether it is on the side of those that hold."""
    for line in table.strip().splitlines():
        subject, holding, failing = (part.strip() for part in line.split("|"))
        for concept in holding.split():
            yield subject, concept, True
        for concept in failing.split():
            yield subject, concept, False


def drug(subject: str) -> DrugMention:
    atc, _, name = subject.partition(" ")
    return DrugMention(0, 1, name, DrugKind.SUBSTANCE, atc)


def event(concept: str) -> EventMention:
    known = CONCEPTS[concept]
    return EventMention(0, 1, concept, known.label, group=known.group)


@pytest.mark.parametrize(("subject", "concept", "expected"), list(facts(INDICATIONS)))
def test_what_a_drug_is_given_for(subject: str, concept: str, expected: bool) -> None:
    assert KNOWLEDGE.indications.holds(drug(subject), event(concept)) is expected


@pytest.mark.parametrize(("subject", "concept", "expected"), list(facts(REACTIONS)))
def test_what_a_drug_is_known_to_do(subject: str, concept: str, expected: bool) -> None:
    assert KNOWLEDGE.reactions.holds(drug(subject), event(concept)) is expected


@pytest.mark.parametrize(("diagnosis", "sign", "expected"), list(facts(SIGNS)))
def test_signs_of_a_diagnosis(diagnosis: str, sign: str, expected: bool) -> None:
    assert sign in CONCEPTS
    assert (sign in COMPONENTS[diagnosis]) is expected


def test_a_class_of_several_prefixes_has_what_each_of_them_has() -> None:
    anticoagulant = DrugMention(0, 1, "class:anticoagulant oral", DrugKind.CLASS, "B01AA B01AE B01AF")
    assert KNOWLEDGE.reactions.holds(anticoagulant, event("calciphylaxie"))
    assert KNOWLEDGE.indications.holds(anticoagulant, event("embolie_pulmonaire"))


def test_a_drug_without_a_code_has_neither_indication_nor_known_reaction() -> None:
    unknown = DrugMention(0, 1, "produit sans code", DrugKind.SUBSTANCE)
    assert not KNOWLEDGE.indications.holds(unknown, event("fievre"))
    assert not KNOWLEDGE.reactions.holds(unknown, event("nausee"))


@pytest.mark.parametrize("name", TABLES)
def test_rows_say_something_of_well_formed_prefixes_in_order(name: str) -> None:
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert not [row["atc"] for row in rows if not (row["concepts"] or row["groups"])]
    assert not [atc for row in rows for atc in row["atc"].split() if not ATC.fullmatch(atc)]
    assert [row["atc"] for row in rows] == sorted(row["atc"] for row in rows)


def test_no_diagnosis_is_its_own_sign_or_without_one() -> None:
    assert not [name for name, signs in COMPONENTS.items() if name in signs or not signs]


def test_every_drug_for_pain_is_given_for_every_pain() -> None:
    pains = [c for c in CONCEPTS if c.startswith("douleur")]
    drugs = [drug(f"{atc} antalgique") for atc in ("M01AE01", "N02AA01", "N02BE01")]
    missing = [(d.atc, c) for d in drugs for c in pains if not KNOWLEDGE.indications.holds(d, event(c))]
    assert not missing


@pytest.mark.parametrize(
    ("row", "reason"),
    [("A02,jambe_de_bois,,usage", "unknown concept jambe_de_bois"), ("A02,fievre,menuiserie,usage", "unknown group")],
)
def test_an_unknown_name_is_refused_with_its_place(tmp_path: Path, row: str, reason: str) -> None:
    heading = ",".join(KNOWLEDGE_COLUMNS)
    (tmp_path / "indications.csv").write_text(f"{heading}\n{row}\n", encoding="utf-8")
    (tmp_path / "known_reactions.csv").write_text(f"{heading}\n", encoding="utf-8")
    (tmp_path / "other_causes.csv").write_text("concept,why,source\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=reason):
        load_knowledge(tmp_path, frozenset(CONCEPTS), GROUPS)
