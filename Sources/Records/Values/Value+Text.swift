extension Value {
    /// The value as commands and search write it; members of a set separated by commas.
    package var plainText: String {
        switch self {
        case .null: ""
        case .integer(let number): String(number)
        case .decimal(let number): number.text
        case .text(let text): text
        case .date(let date): date.iso
        case .time(let time): time.iso
        case .moment(let moment): moment.iso
        case .items(let items): items.joined(separator: ",")
        case .flag(let flag): flag ? "true" : "false"
        case .unknown: "?"
        }
    }
}
