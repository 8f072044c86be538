import LuaRuntime
import Tensors
import VectorKernels

extension Tracer {
    /// What the script sees of a parameter: a plain value, or a traced one for a distribution or a schedule.
    ///
    /// Numbers in the unit `range` are shares of the data's range and arrive in the data's own scale.
    func value(of parameter: ParameterDeclaration, _ setting: ParameterSetting) -> LuaValue {
        switch setting {
        case .value(.number(let number)):
            return parameter.kind == .integer ? .integer(Int(number)) : .number(number * scale(parameter))
        case .value(.boolean(let flag)): return .boolean(flag)
        case .value(.choice(let name)): return .string(name)
        case .value(.numbers(let numbers)):
            let isWhole = parameter.kind == .list(isWhole: true)
            return .table(
                list: numbers.map { isWhole ? .integer(Int($0)) : .number(position($0, parameter)) },
                fields: [:])
        case .scheduled(let schedule): return symbol(number(.scheduled(schedule), parameter))
        case .drawn(let distribution): return symbol(node(of: distribution, parameter))
        }
    }

    /// One value a sample.
    private func node(of distribution: Distribution, _ parameter: ParameterDeclaration) -> NodeID {
        switch distribution {
        case .uniform(let low, let high): return uniform(parameter, low, high)
        case .normal(let mean, let deviation):
            let spread = graph.elementwise(
                .multiply, draw(parameter, .normal), scaled(deviation, parameter))
            var value = graph.elementwise(.add, spread, scaled(mean, parameter))
            if parameter.kind == .integer { value = graph.elementwise(.round, value) }
            return clamped(
                value, parameter.minimum.map { .constant($0) }, parameter.maximum.map { .constant($0) },
                parameter)
        case .truncatedNormal(let mean, let deviation, let low, let high):
            let value = graph.truncatedNormal(
                draw(parameter, .uniform), mean: scaled(mean, parameter),
                deviation: scaled(deviation, parameter), low: scaled(low, parameter),
                high: scaled(high, parameter))
            return within(low, high, value, parameter)
        case .logUniform(let low, let high):
            let (first, last) = (
                graph.elementwise(.log, scaled(low, parameter)),
                graph.elementwise(.log, scaled(high, parameter))
            )
            let share = graph.elementwise(
                .multiply, draw(parameter, .uniform), graph.elementwise(.subtract, last, first))
            let value = graph.elementwise(.exp, graph.elementwise(.add, first, share))
            return within(low, high, value, parameter)
        case .beta(let a, let b, let low, let high):
            let (first, last) = (scaled(low, parameter), scaled(high, parameter))
            let span = graph.elementwise(.subtract, last, first)
            let request = DrawRequest(
                tracer: self, shape: [], arguments: [], name: "parameter \(parameter.name)")
            let unit = request.beta(plain(a), plain(b))
            let value = graph.elementwise(.add, first, graph.elementwise(.multiply, unit, span))
            return within(low, high, value, parameter)
        case .choice(let values): return choice(parameter, values)
        }
    }

    private func uniform(
        _ parameter: ParameterDeclaration, _ low: ScheduledNumber, _ high: ScheduledNumber
    ) -> NodeID {
        let unit = draw(parameter, .uniform)
        if parameter.kind == .integer {
            return graph.wholeNumber(unit, number(low, parameter), number(high, parameter))
        }
        let span: NodeID
        if let first = low.constant, let last = high.constant {
            span = graph.constant(Float((last - first) * scale(parameter)))
        } else {
            span = graph.elementwise(.subtract, scaled(high, parameter), scaled(low, parameter))
        }
        return graph.elementwise(
            .add, scaled(low, parameter), graph.elementwise(.multiply, unit, span))
    }

    private func choice(_ parameter: ParameterDeclaration, _ values: [ScheduledNumber]) -> NodeID {
        let place = graph.wholeNumber(
            draw(parameter, .uniform), graph.constant(0), graph.constant(Float(values.count - 1)))
        var result = number(values[0], parameter)
        for (index, value) in values.enumerated().dropFirst() {
            let isThis = graph.elementwise(.equal, place, graph.constant(Float(index)))
            result = graph.elementwise(.select, isThis, number(value, parameter), result)
        }
        return result
    }

    /// Between two numbers, which rounding can miss; whole for an integer.
    private func within(
        _ low: ScheduledNumber, _ high: ScheduledNumber, _ value: NodeID, _ parameter: ParameterDeclaration
    ) -> NodeID {
        clamped(parameter.kind == .integer ? graph.elementwise(.round, value) : value, low, high, parameter)
    }

    private func clamped(
        _ value: NodeID, _ low: ScheduledNumber?, _ high: ScheduledNumber?, _ parameter: ParameterDeclaration
    ) -> NodeID {
        var value = value
        if let low { value = graph.elementwise(.maximum, value, scaled(low, parameter)) }
        if let high { value = graph.elementwise(.minimum, value, scaled(high, parameter)) }
        return value
    }

    private func draw(_ parameter: ParameterDeclaration, _ kind: DrawKind) -> NodeID {
        graph.draw(kind, key: context.key("parameter \(parameter.name)"), shape: [])
    }

    /// A number that the parameter takes, in the data's own scale; whole for an integer.
    private func number(_ number: ScheduledNumber, _ parameter: ParameterDeclaration) -> NodeID {
        let node = scaled(number, parameter)
        return parameter.kind == .integer ? graph.elementwise(.round, node) : node
    }

    private func scaled(_ number: ScheduledNumber, _ parameter: ParameterDeclaration) -> NodeID {
        let factor = scale(parameter)
        switch number {
        case .constant(let number): return graph.constant(Float(number * factor))
        case .scheduled(let schedule): return graph.schedule(schedule.scaled(by: factor))
        }
    }

    /// A number without a unit.
    private func plain(_ number: ScheduledNumber) -> NodeID {
        switch number {
        case .constant(let number): graph.constant(Float(number))
        case .scheduled(let schedule): graph.schedule(schedule)
        }
    }

    private func scale(_ parameter: ParameterDeclaration) -> Double {
        parameter.unit == .range ? Double(context.range.upperBound) - Double(context.range.lowerBound) : 1
    }

    /// A place in the data's range, for parameters that are bounds and not strengths.
    private func position(_ share: Double, _ parameter: ParameterDeclaration) -> Double {
        parameter.unit == .range ? Double(context.range.lowerBound) + share * scale(parameter) : share
    }
}
