"""cemlab: a Jupyter-first research workbench for customer experience management.

Names are loaded when they are first used (PEP 562), so that ``import cemlab`` costs next to nothing.
"""

import importlib

__version__ = "0.1.0"

PUBLIC = {
    # what the columns mean
    "load_codebook": "cemlab.codebook",
    "Codebook": "cemlab.codebook",
    "DataError": "cemlab.checks",
    # feedback in
    "read_export": "cemlab.collect.exports",
    "draft_codebook": "cemlab.collect.draft",
    "ingest": "cemlab.collect.ingest",
    "scan": "cemlab.store",
    # rows to estimates
    "nps": "cemlab.measure.scores",
    "top_box": "cemlab.measure.scores",
    "bottom_box": "cemlab.measure.scores",
    "mean_score": "cemlab.measure.scores",
    "effort_score": "cemlab.measure.scores",
    "distribution": "cemlab.measure.scores",
    "person_scores": "cemlab.measure.scales",
    "engagement_index": "cemlab.measure.scales",
    "participation": "cemlab.measure.census",
    "census_intervals": "cemlab.measure.census",
    "nonresponse_weights": "cemlab.measure.nonresponse_weights",
    "frequencies": "cemlab.measure.tables",
    "crosstab": "cemlab.measure.tables",
    "combine": "cemlab.measure.schema",
    "flag_bases": "cemlab.measure.bases",
    "rake": "cemlab.measure.weights",
    "weight_summary": "cemlab.measure.weights",
    "compare_groups": "cemlab.measure.compare",
    "compare_waves": "cemlab.measure.compare",
    "compare_periods": "cemlab.measure.periods",
    "control_chart": "cemlab.measure.trend",
    "detectable_difference": "cemlab.measure.power",
    # what people wrote
    "sentiment": "cemlab.text.sentiment",
    "with_sentiment": "cemlab.text.sentiment",
    "fit_sentiment": "cemlab.text.adapt",
    "draw_gold": "cemlab.text.sentiment_audit",
    "label_comments": "cemlab.explore.label_panel",
    "label_panel": "cemlab.explore.label_panel",
    "sentiment_audit": "cemlab.text.sentiment_audit",
    "sentiment_shares": "cemlab.text.prevalence",
    "corrected_net": "cemlab.text.prevalence",
    "net_sentiment": "cemlab.text.opinions",
    "with_opinions": "cemlab.text.opinions",
    "alarm_sources": "cemlab.text.alarm_reading",
    "alarm_reviews": "cemlab.text.alarm_reading",
    "star_conflicts": "cemlab.text.star_conflicts",
    "copied_reviews": "cemlab.text.copied_reviews",
    "load_lexicon": "cemlab.text.lexicon",
    "suggest_words": "cemlab.text.lexicon",
    "aspect_scores": "cemlab.text.aspect_scores",
    "compare_aspects": "cemlab.text.aspect_scores",
    "aspect_effects": "cemlab.text.aspect_scores",
    "joint_drivers": "cemlab.analyse.joint_drivers",
    "aspect_quotations": "cemlab.text.aspect_quotations",
    "find_themes": "cemlab.text.themes",
    "theme_scores": "cemlab.text.theme_scores",
    "compare_themes": "cemlab.text.theme_scores",
    "keyness": "cemlab.text.keyness",
    "promoter_words": "cemlab.text.keyness",
    "new_words": "cemlab.text.new_words",
    "word_quotation": "cemlab.text.new_words",
    "conversation_measures": "cemlab.text.dialogue",
    "dialogue_scores": "cemlab.text.dialogue_scores",
    "load_codeframe": "cemlab.text.codeframe",
    "suggest_codes": "cemlab.text.coding",
    "cohen_kappa": "cemlab.text.agreement",
    "krippendorff_alpha": "cemlab.text.agreement",
    "mask": "cemlab.masking",
    # estimates to meaning
    "key_drivers": "cemlab.analyse.drivers",
    "importance_performance": "cemlab.analyse.importance",
    "key_experiences": "cemlab.analyse.importance",
    "cronbach_alpha": "cemlab.analyse.reliability",
    "rwg": "cemlab.analyse.unit_agreement",
    "rwg_j": "cemlab.analyse.unit_agreement",
    "icc1": "cemlab.analyse.unit_agreement",
    "icc2": "cemlab.analyse.unit_agreement",
    "unit_agreement": "cemlab.analyse.unit_agreement",
    "unit_heatmap": "cemlab.analyse.unit_heatmap",
    "shrunken_units": "cemlab.analyse.unit_heatmap",
    "mcdonald_omega": "cemlab.analyse.omega",
    "factor_structure": "cemlab.analyse.factor_structure",
    "confirmatory_factors": "cemlab.analyse.confirmatory",
    "measurement_invariance": "cemlab.analyse.invariance",
    "unit_drivers": "cemlab.analyse.unit_drivers",
    "unit_levers": "cemlab.analyse.unit_levers",
    "turnover_survival": "cemlab.analyse.turnover",
    "turnover_cox": "cemlab.analyse.turnover",
    "turnover_risk": "cemlab.analyse.turnover",
    "panel_change": "cemlab.analyse.panel_change",
    "panel_dropout": "cemlab.analyse.panel_change",
    "unit_linkage": "cemlab.analyse.unit_linkage",
    "penalty_reward": "cemlab.analyse.penalty_reward",
    "experience_curve": "cemlab.analyse.journey",
    "funnel_plot": "cemlab.analyse.funnel_plot",
    "waiting_curve": "cemlab.analyse.waiting_curve",
    "price_sensitivity": "cemlab.analyse.price_sensitivity",
    "price_response": "cemlab.analyse.price_response",
    "kano": "cemlab.analyse.kano",
    "turf": "cemlab.analyse.turf",
    "jar_penalty": "cemlab.analyse.jar_penalty",
    "paired_preference": "cemlab.analyse.sensory",
    "triangle_test": "cemlab.analyse.sensory",
    "difference_in_differences": "cemlab.analyse.did",
    "best_worst": "cemlab.analyse.best_worst",
    "choice_model": "cemlab.analyse.choice_model",
    "willingness_to_pay": "cemlab.analyse.choice_model",
    "hierarchical_choice": "cemlab.analyse.hierarchical_choice",
    "hierarchical_scores": "cemlab.analyse.hierarchical_choice",
    "simulate_market": "cemlab.analyse.market_simulator",
    "price_curve": "cemlab.analyse.market_simulator",
    # the last door
    "protect": "cemlab.release",
    "plan_release": "cemlab.release",
    "apply_release": "cemlab.release",
    "release_comments": "cemlab.release",
    "comment_risks": "cemlab.release",
    "no_person_rows": "cemlab.release",
    "mask_staff": "cemlab.masking_staff",
    # reports
    "findings": "cemlab.report.findings",
    "render": "cemlab.report.render",
}

__all__ = ["__version__", *PUBLIC]


def __getattr__(name):
    if name in PUBLIC:
        value = getattr(importlib.import_module(PUBLIC[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'cemlab' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
