extension Value {
    /// As every output writes it: decimals, dates and times are strings, integers numbers, sets arrays.
    package var json: JSON {
        switch self {
        case .null: .null
        case .integer(let number): .number(number)
        case .items(let items): .texts(items)
        case .flag(let flag): .bool(flag)
        case .decimal, .text, .date, .time, .moment, .unknown: .text(plainText)
        }
    }
}
