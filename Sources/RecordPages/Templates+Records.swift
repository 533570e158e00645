/// The templates that agent and hub share beyond the frame.
package enum RecordTemplates {
    package static let sources: [String: [UInt8]] = [
        "record": PackageResources.record_mustache, "history": PackageResources.history_mustache,
        "rows": PackageResources.rows_mustache, "inspection": PackageResources.inspection_mustache,
        "requirements": PackageResources.requirements_mustache, "facility": PackageResources.facility_mustache,
        "placemap": PackageResources.placemap_mustache,
        "paper": PackageResources.paper_mustache, "inspectionrows": PackageResources.inspectionrows_mustache,
        "compare": PackageResources.compare_mustache, "comparephoto": PackageResources.comparephoto_mustache,
        "resolution": PackageResources.resolution_mustache,
        "papercheck": PackageResources.papercheck_mustache,
        "form": PackageResources.form_mustache, "grid": PackageResources.grid_mustache,
        "cell": PackageResources.cell_mustache, "drafts": PackageResources.drafts_mustache,
        "draft": PackageResources.draft_mustache, "confirm": PackageResources.confirm_mustache,
        "blank": PackageResources.blank_mustache, "taskrows": PackageResources.taskrows_mustache,
        "disknote": PackageResources.disknote_mustache, "copies": PackageResources.copies_mustache,
    ]
}
