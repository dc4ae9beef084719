CREATE VIEW reportable_pairs AS
SELECT
    pairs.id,
    pairs.key,
    reports.name AS report,
    report_versions.received,
    report_versions.patient_age,
    report_versions.patient_sex,
    drugs.inn AS drug,
    drugs.kind AS drug_kind,
    drugs.atc,
    events.label AS event,
    events.cim10,
    pairs.link,
    pairs.certainty,
    pairs.current,
    pairs.start,
    pairs.onset,
    pairs.latency_days,
    pairs.action_taken,
    pairs.outcome,
    pairs.dechallenge,
    pairs.rechallenge,
    pairs.serious,
    pairs.seriousness,
    pairs.confidence,
    evidence.passage AS evidence,
    pairs.rule,
    report_versions.detector_version,
    report_versions.lexicon_hash
FROM pairs
JOIN report_versions ON report_versions.id = pairs.version_id
JOIN reports ON reports.id = pairs.report_id
JOIN drugs ON drugs.id = pairs.drug_id
JOIN events ON events.id = pairs.event_id
LEFT JOIN evidence ON evidence.pair_id = pairs.id AND evidence.position = 0
WHERE pairs.latest AND pairs.reportable
