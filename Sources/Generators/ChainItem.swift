import Tensors

/// What takes the place of hidden values.
package enum Fill: Sendable, Equatable {
    /// 0 where it lies inside the data's range, as silence does in sound around it; otherwise the range's low end: black, or
    /// the silence of a spectrogram in decibels, whose high end may be 0.
    case zero
    /// One value, a share of the data's range: 0 is its low end.
    case constant(Double)
    /// The sample's own mean, in each channel.
    case mean
    /// Uniform over the data's range, an element at a time (random erasing: Zhong et al. 2020).
    case noise
}

/// One generator of a chain with what the config says of it.
package struct ChainItem: ChainPart {
    package var plugin: Plugin
    package var name: String
    /// Settings of parameters by name; absent ones take their defaults.
    package var settings: [String: ParameterSetting]
    /// One of the plugin's levels, 1 … 5, whose settings `settings` go before.
    package var severity: Int?
    package var probability: Double
    package var phase: ChainPhase?
    /// For masks only.
    package var fill: Fill
    /// How much it may damage a sample; for noise only.
    package var match: DamageMatch?
    package var origin: String?

    package init(
        plugin: Plugin, name: String, settings: [String: ParameterSetting] = [:], probability: Double = 1,
        fill: Fill = .zero, origin: String? = nil
    ) {
        (self.plugin, self.name, self.settings) = (plugin, name, settings)
        (self.probability, self.fill, self.origin) = (probability, fill, origin)
    }

    /// The settings with the defaults of absent parameters.
    package var completeSettings: [String: ParameterSetting] {
        var complete = settings
        if let severity {
            let level = plugin.severities[severity - 1].mapValues { ParameterSetting.value($0) }
            complete.merge(level) { own, _ in own }
        }
        for parameter in plugin.parameters where complete[parameter.name] == nil {
            complete[parameter.name] = parameter.defaultValue.map { .value($0) }
        }
        return complete
    }

    /// Sets a parameter, or `severity`; says what is wrong with the setting, nil if nothing is.
    package mutating func set(_ name: String, to setting: ParameterSetting) -> String? {
        if name == "severity" {
            let problem = problem(withSeverity: setting)
            if problem == nil, case .value(.number(let level)) = setting { severity = Int(level) }
            return problem
        }
        let problem = problem(with: setting, of: name)
        if problem == nil { settings[name] = setting }
        return problem
    }

    private func problem(withSeverity setting: ParameterSetting) -> String? {
        guard !plugin.severities.isEmpty else { return "\(plugin.title) has no severities" }
        guard case .value(.number(let level)) = setting, level == level.rounded(), (1...5).contains(level)
        else {
            return "\(plugin.title): 'severity' must be a whole number between 1 and 5"
        }
        return nil
    }

    /// Says what is wrong with one setting, nil if nothing is.
    private func problem(with setting: ParameterSetting, of name: String) -> String? {
        if let parameter = plugin.parameters.first(where: { $0.name == name }) {
            return parameter.problem(with: setting).map { "\(plugin.title): \($0)" }
        }
        let known = plugin.parameters.map(\.name)
        let hint =
            Suggestion.nearest(name, among: known).map { "did you mean '\($0)'?" }
            ?? (known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))")
        return "unknown parameter '\(name)' of \(plugin.title); \(hint)"
    }

    /// Says which parameter must be given and is not, nil if none.
    package var missing: String? {
        let complete = completeSettings
        return plugin.parameters.first { complete[$0.name] == nil && !$0.isOptional }.map {
            "\(plugin.title): '\($0.name)' has no default and must be given: \($0.expectation)"
        }
    }
}
