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
        case .uniform(let low, let high): return symbol(uniform(parameter, low, high))
        case .normal(let mean, let deviation): return symbol(normal(parameter, mean, deviation))
        case .choice(let values): return symbol(choice(parameter, values))
        case .ramp(let ramp):
            let factor = scale(parameter)
            let scaled = graph.schedule(
                Ramp(from: ramp.from * factor, to: ramp.to * factor, epochs: ramp.epochs))
            return symbol(parameter.kind == .integer ? graph.elementwise(.round, scaled) : scaled)
        }
    }

    private func uniform(_ parameter: ParameterDeclaration, _ low: Double, _ high: Double) -> NodeID {
        let unit = draw(parameter, .uniform)
        if parameter.kind == .integer {
            return graph.wholeNumber(unit, graph.constant(Float(low)), graph.constant(Float(high)))
        }
        let factor = scale(parameter)
        let span = graph.constant(Float((high - low) * factor))
        return graph.elementwise(
            .add, graph.constant(Float(low * factor)), graph.elementwise(.multiply, unit, span))
    }

    private func normal(_ parameter: ParameterDeclaration, _ mean: Double, _ deviation: Double) -> NodeID {
        let factor = scale(parameter)
        let spread = graph.elementwise(
            .multiply, draw(parameter, .normal), graph.constant(Float(deviation * factor)))
        var value = graph.elementwise(.add, spread, graph.constant(Float(mean * factor)))
        if parameter.kind == .integer { value = graph.elementwise(.round, value) }
        if let low = parameter.minimum {
            value = graph.elementwise(.maximum, value, graph.constant(Float(low * factor)))
        }
        if let high = parameter.maximum {
            value = graph.elementwise(.minimum, value, graph.constant(Float(high * factor)))
        }
        return value
    }

    private func choice(_ parameter: ParameterDeclaration, _ values: [Double]) -> NodeID {
        let factor = scale(parameter)
        let place = graph.wholeNumber(
            draw(parameter, .uniform), graph.constant(0), graph.constant(Float(values.count - 1)))
        var result = graph.constant(Float(values[0] * factor))
        for (index, value) in values.enumerated().dropFirst() {
            let isThis = graph.elementwise(.equal, place, graph.constant(Float(index)))
            result = graph.elementwise(.select, isThis, graph.constant(Float(value * factor)), result)
        }
        return result
    }

    private func draw(_ parameter: ParameterDeclaration, _ kind: DrawKind) -> NodeID {
        graph.draw(kind, key: context.key("parameter \(parameter.name)"), shape: [])
    }

    private func scale(_ parameter: ParameterDeclaration) -> Double {
        parameter.unit == .range ? Double(context.range.upperBound) - Double(context.range.lowerBound) : 1
    }

    /// A place in the data's range, for parameters that are bounds and not strengths.
    private func position(_ share: Double, _ parameter: ParameterDeclaration) -> Double {
        parameter.unit == .range ? Double(context.range.lowerBound) + share * scale(parameter) : share
    }
}
