"""Outpatient assessments as clinicians write them, with the codes a coder would expect; and their near misses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Codes = Callable[..., list[str]]

ASSESSMENTS: list[tuple[str, set[str]]] = [
    ("Hypertension, well controlled on lisinopril.", {"I10"}),
    ("Type 2 diabetes mellitus, A1c 7.1, continue metformin.", {"E11.9"}),
    ("T2DM with diabetic peripheral neuropathy.", {"E11.42"}),
    ("Type 2 diabetes with stage 3a chronic kidney disease.", {"E11.22", "N18.31"}),
    ("Hypertension and chronic systolic heart failure, euvolemic today.", {"I11.0", "I50.22"}),
    ("Hypertension with CKD stage 4.", {"I12.9", "N18.4"}),
    ("Acute bronchitis with cough and low-grade fever.", {"J20.9"}),
    ("Viral upper respiratory infection; nasal congestion and sore throat for three days.", {"J06.9"}),
    ("Strep throat, rapid strep positive.", {"J02.0"}),
    ("Acute otitis media of the left ear.", {"H66.92"}),
    ("Right knee osteoarthritis, worsening.", {"M17.11"}),
    ("Left knee pain after a long hike.", {"M25.562"}),
    ("Low back pain without radiation.", {"M54.50"}),
    ("Low back pain with left-sided sciatica.", {"M54.42"}),
    ("Migraine without aura.", {"G43.009"}),
    ("GERD, controlled with omeprazole.", {"K21.9"}),
    ("Uncomplicated UTI; dysuria and urinary frequency.", {"N39.0"}),
    ("Atrial fibrillation, rate controlled, on apixaban.", {"I48.91"}),
    ("COPD exacerbation with increased shortness of breath.", {"J44.1"}),
    ("Moderate persistent asthma, not well controlled.", {"J45.40"}),
    ("Hypothyroidism, TSH at goal on levothyroxine.", {"E03.9"}),
    ("Mixed hyperlipidemia, start atorvastatin.", {"E78.2"}),
    ("Generalized anxiety disorder and depression, both stable on sertraline.", {"F41.1", "F32.A"}),
    ("Pink eye of the right eye.", {"H10.9"}),
    ("Obstructive sleep apnea, compliant with CPAP.", {"G47.33"}),
    ("Acute gout flare of the right great toe.", {"M10.9"}),
    ("Shingles on the left flank.", {"B02.9"}),
    ("Ankle sprain, right.", {"S93.401A"}),
    ("Iron deficiency anemia, fatigue improving.", {"D50.9"}),
    ("Chest pain, rule out coronary artery disease.", {"R07.9"}),
    ("Fatigue, possible hypothyroidism.", {"R53.83"}),
    ("Coronary artery disease; no angina.", {"I25.10"}),
    ("Vitamin D deficiency and osteoporosis.", {"E55.9", "M81.0"}),
    ("BPH with nocturia.", {"N40.1"}),
    ("Plantar fasciitis, left foot.", {"M72.2"}),
    ("Seasonal allergies with runny nose.", {"J30.2"}),
    ("Cellulitis of the left lower leg, no abscess.", {"L03.116"}),
    ("Nausea and vomiting with abdominal pain.", {"R11.2", "R10.9"}),
    ("Diverticulitis, left lower quadrant pain resolved.", {"K57.32"}),
    ("Knee and hip pain on exertion.", {"M25.569", "M25.559"}),
    ("Bilateral shoulder pain.", {"M25.511", "M25.512"}),
    ("Kidney stone with hematuria.", {"N20.0"}),
    ("Bell's palsy, right side.", {"G51.0"}),
    ("Prediabetes and class 2 obesity.", {"R73.03", "E66.812"}),
    ("Carpal tunnel syndrome, bilateral.", {"G56.03"}),
    ("Community-acquired pneumonia with cough, fever and shortness of breath.", {"J18.9"}),
    ("Acute on chronic diastolic heart failure; leg swelling improved.", {"I50.33"}),
    ("Insomnia.", {"G47.00"}),
]

NEAR_MISSES = [
    "No evidence of pneumonia.",
    "Pneumonia was ruled out.",
    "Denies chest pain, shortness of breath and palpitations.",
    "Mother has type 2 diabetes and hypertension.",
    "Family history of breast cancer.",
    "Possible strep throat.",
    "Probable acute bronchitis.",
    "Suspected deep vein thrombosis of the left leg.",
    "Rule out atrial fibrillation.",
    "Likely viral gastroenteritis.",
    "Findings consistent with gout.",
    "UTI, resolved.",
    "Pneumonia in 2018.",
    "Cellulitis has completely resolved.",
    "Return if fever, vomiting or chest pain develops.",
    "Call for shortness of breath.",
    "If her headache gets worse, she will call us.",
    "Screening for diabetes and hyperlipidemia.",
    "Colon cancer screening is due.",
    "Flu shot and pneumonia vaccine given today.",
    "Any history of asthma?",
    "Do you have chest pain or palpitations?",
    "Aspirin to prevent stroke.",
    "Increased risk of osteoporosis.",
    "Husband has COVID-19.",
    "Exposed to strep throat at school.",
    "Knee pain has gone away.",
    "She does not have diabetes.",
    "Negative for influenza and COVID-19.",
    "Childhood asthma.",
    "History of pneumonia.",
    "Sinus infection three years ago.",
    "Differential includes gout, cellulitis or septic arthritis.",
    "Cannot rule out pulmonary embolism.",
    "Watch for signs of infection.",
    "Monitor for hypoglycemia.",
    "Side effects of the drug include dizziness, nausea and diarrhea.",
    "Continue metformin, lisinopril and atorvastatin.",
    "Diabetes versus stress hyperglycemia.",
    "No longer has vertigo.",
    "Hypertension runs in the family.",
]

OTHER_SIDE = [
    ("Left knee pain; the right knee has no pain.", {"M25.562"}),
    ("Right shoulder pain. Denies left shoulder pain.", {"M25.511"}),
    ("Left ear infection, right ear infection has resolved.", {"H66.92"}),
    ("Right hip osteoarthritis, no left hip osteoarthritis.", {"M16.11"}),
]


@pytest.mark.parametrize(("text", "expected"), [*ASSESSMENTS, *OTHER_SIDE], ids=lambda value: str(value)[:60])
def test_assessment(assessed: Codes, text: str, expected: set[str]) -> None:
    assert set(assessed(text)) == expected


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_near_miss_proposes_nothing(assessed: Codes, text: str) -> None:
    assert assessed(text) == []
