extension Expression {
    /// What an expression is asked about.
    package struct Context {
        package let today: CalendarDate
        let value: (String) -> Value

        package init(today: CalendarDate, value: @escaping (String) -> Value) {
            self.today = today
            self.value = value
        }
    }

    /// The answer; null where something it needs is missing, is of another type, or does not fit into a number.
    package func value(in context: Context) -> Value { node.value(in: context) }

    /// Whether it holds; what is missing does not.
    package func holds(in context: Context) -> Bool { node.value(in: context) == .flag(true) }
}

extension Expression.Node {
    fileprivate func value(in context: Expression.Context) -> Value {
        switch self {
        case .constant(let value): return value
        case .field(let name): return context.value(name)
        case .not(let inner): return inner.value(in: context).truth.map { .flag(!$0) } ?? .null
        case .negated(let inner):
            return inner.value(in: context).number.flatMap { DecimalNumber.zero.minus($0) }.map(Value.decimal) ?? .null
        case .both(let a, let b):
            // Kleene's logic: what is missing may be either, and counts only where that makes a difference.
            let first = a.value(in: context).truth
            if first == false { return .flag(false) }
            let second = b.value(in: context).truth
            return second == false ? .flag(false) : first == nil || second == nil ? .null : .flag(true)
        case .either(let a, let b):
            let first = a.value(in: context).truth
            if first == true { return .flag(true) }
            let second = b.value(in: context).truth
            return second == true ? .flag(true) : first == nil || second == nil ? .null : .flag(false)
        case .compared(let sign, let a, let b):
            return sign.result(a.value(in: context), b.value(in: context)).map(Value.flag) ?? .null
        case .calculated(let sign, let a, let b): return sign.result(a.value(in: context), b.value(in: context))
        case .call(let function, let arguments): return function.result(arguments, context)
        }
    }
}

extension Expression.Comparison {
    /// Null equals null alone; whether it is above or below something cannot be told.
    fileprivate func result(_ a: Value, _ b: Value) -> Bool? {
        switch self {
        case .equal: a.isSame(as: b)
        case .notEqual: !a.isSame(as: b)
        case .below: a.order(before: b)
        case .above: b.order(before: a)
        case .atMost: b.order(before: a).map { !$0 }
        case .atLeast: a.order(before: b).map { !$0 }
        }
    }
}

extension Expression.Arithmetic {
    /// Numbers, and days: a day and a number make a day, two days the number of days between them.
    fileprivate func result(_ a: Value, _ b: Value) -> Value {
        switch (self, a, b) {
        case (.minus, .date(let a), .date(let b)):
            return DecimalNumber(coefficient: Int64(a.days) - Int64(b.days), scale: 0).map(Value.decimal) ?? .null
        case (.plus, .date(let day), _), (.minus, .date(let day), _):
            guard let number = b.number, number.scale == 0 else { return .null }
            let days = Int64(day.days) + (self == .plus ? number.coefficient : -number.coefficient)
            guard CalendarDate.canonicalDays.contains(days) else { return .null }
            return .date(CalendarDate(days: Int32(days)))
        default:
            guard let a = a.number, let b = b.number else { return .null }
            let result =
                switch self {
                case .plus: a.plus(b)
                case .minus: a.minus(b)
                case .times: a.times(b)
                case .by: a.divided(by: b)
                }
            return result.map(Value.decimal) ?? .null
        }
    }
}

extension Expression.Function {
    fileprivate func result(_ arguments: [Expression.Node], _ context: Expression.Context) -> Value {
        func value(_ index: Int) -> Value { arguments[index].value(in: context) }
        switch self {
        case .if: return value(0) == .flag(true) ? value(1) : value(2)
        case .coalesce:
            for index in arguments.indices {
                let value = value(index)
                if value != .null { return value }
            }
            return .null
        case .empty: return .flag(value(0) == .null)
        case .filled: return .flag(value(0) != .null)
        case .has:
            guard case .items(let items) = value(0), case .text(let name) = value(1) else { return .flag(false) }
            return .flag(items.contains(name))
        case .count:
            guard case .items(let items) = value(0) else { return .decimal(.zero) }
            return .decimal(DecimalNumber(coefficient: Int64(items.count), scale: 0) ?? .zero)
        case .length:
            guard case .text(let text) = value(0) else { return .decimal(.zero) }
            return .decimal(DecimalNumber(coefficient: Int64(text.count), scale: 0) ?? .zero)
        case .sum:
            // What nobody has filled in adds nothing; where nothing is filled in there is no sum.
            let numbers = arguments.indices.compactMap { value($0).number }
            guard let first = numbers.first else { return .null }
            return numbers.dropFirst().reduce(DecimalNumber?(first)) { $0?.plus($1) }.map(Value.decimal) ?? .null
        case .min, .max:
            let values = arguments.indices.map(value).filter { $0 != .null }
            guard var best = values.first else { return .null }
            for value in values.dropFirst() {
                guard let isBetter = self == .min ? value.order(before: best) : best.order(before: value) else {
                    return .null
                }
                if isBetter { best = value }
            }
            return best
        case .round:
            let places = arguments.count == 2 ? value(1).number : .zero
            guard let number = value(0).number, let places, places.scale == 0, (0...12).contains(places.coefficient)
            else { return .null }
            return number.rounded(to: UInt8(places.coefficient)).map(Value.decimal) ?? .null
        case .abs:
            guard let number = value(0).number else { return .null }
            return (number.coefficient < 0 ? DecimalNumber.zero.minus(number) : number).map(Value.decimal) ?? .null
        case .today: return .date(context.today)
        case .year, .month, .day:
            let day: CalendarDate
            switch value(0) {
            case .date(let date): day = date
            case .moment(let moment): day = moment.local.date
            default: return .null
            }
            let civil = day.civil
            let part = self == .year ? civil.year : self == .month ? civil.month : civil.day
            return DecimalNumber(coefficient: Int64(part), scale: 0).map(Value.decimal) ?? .null
        }
    }
}

extension Value {
    /// An integer or a decimal.
    var number: DecimalNumber? {
        switch self {
        case .integer(let integer): DecimalNumber(coefficient: integer, scale: 0)
        case .decimal(let decimal): decimal
        default: nil
        }
    }

    /// Of a flag, what it says; of everything else nothing.
    fileprivate var truth: Bool? { if case .flag(let flag) = self { flag } else { nil } }

    fileprivate func isSame(as other: Value) -> Bool {
        if let a = number, let b = other.number { return a == b }
        return self == other
    }

    /// Whether it comes before another of its type; `nil` where the two have no order.
    fileprivate func order(before other: Value) -> Bool? {
        if let a = number, let b = other.number { return a < b }
        return switch (self, other) {
        case (.date(let a), .date(let b)): a < b
        case (.time(let a), .time(let b)): a < b
        case (.moment(let a), .moment(let b)): a.milliseconds < b.milliseconds
        default: nil
        }
    }
}
