import Tensors

/// Why a description is no model for the data, or why weights do not fit a model.
package enum ModelError: Error, Equatable, CustomStringConvertible {
    case denseInput(LayerPlace, input: Shape)
    case denseOutputs(LayerPlace, outputs: Int)
    case denseSize(LayerPlace, inputs: Int, outputs: Int)
    case rate(LayerPlace, kind: String, rate: Double)
    case slope(LayerPlace, kind: String, slope: Double)
    /// `wanted`: the form of a batch.
    case layerInput(LayerPlace, kind: String, wanted: String, input: Shape)
    case layerSize(LayerPlace, kind: String, inputs: Int, outputs: Int)
    /// `what`: what so many parts are, for instance heads.
    case indivisible(LayerPlace, kind: String, count: Int, parts: Int, what: String)
    case reshape(LayerPlace, input: Shape, wanted: Shape)
    /// `path`: counted from 0, gives another shape than the first.
    case branchShapes(LayerPlace, join: BranchJoin, path: Int, shape: Shape, first: Shape)
    /// `problem`: what a layer that a program brought along, or Mottle of it, has to say.
    case customLayer(LayerPlace, kind: String, problem: String)
    case residualShapes(LayerPlace, layers: Shape, shortcut: Shape)
    case windowAxes(LayerPlace, kind: String, name: String, count: Int, axes: Int)
    case windowValue(LayerPlace, kind: String, name: String, value: Int, least: Int)
    case windowExtent(LayerPlace, kind: String, extent: Int, padded: Int)
    case poolingPadding(LayerPlace, kind: String, padding: Int, size: Int)
    /// Nobody knows what values of a sample the tokens come from.
    case unknownTokens(LayerPlace)
    /// The tokens are the visible ones already, or all of them.
    case tokensTwice(LayerPlace, kind: String)
    case tokensInPath(LayerPlace, kind: String)
    case positionsOfVisible(LayerPlace)
    case visibleTokensOnly(LayerPlace, kind: String)
    case outputsOfVisible
    case noClasses(LayerPlace)
    case noVocabulary(LayerPlace, sample: Shape)
    /// `others`: models for such data.
    case namedModel(String, sample: Shape, others: [String])
    case lastOutputs(ModelPlan.Output, classes: Int)
    case outputsBesideSamples(ModelPlan.Output, samples: Shape)
    case outputsBesideTokens(ModelPlan.Output, wanted: Shape)
    case headsNotLast(LayerPlace)
    case headWithoutLoss(String)
    /// A loss for a head that is not there; nil: one for the output of a model without heads.
    case lossBesideHeads(of: String?, heads: [String])
    case noWeights
    case missingWeight(name: String, shape: Shape)
    case unknownWeight(name: String, known: [String])
    case weightShape(name: String, found: Shape, wanted: Shape)
    case weightCount(name: String, found: Int, shape: Shape)

    package var description: String {
        switch self {
        case .denseInput(let place, let input):
            "\(place) dense: expects [batch, features] or [batch, positions, features], gets \(Self.batched(input)); "
                + "a flatten is missing before it?"
        case .denseOutputs(let place, let outputs):
            "\(place) dense: wants at least one output, got \(outputs)"
        case .denseSize(let place, let inputs, let outputs):
            "\(place) dense: \(inputs) inputs and \(outputs) outputs make more than "
                + "\(LayerConfig.weightLimit) weights"
        case .rate(let place, let kind, let rate):
            "\(place) \(kind): the rate must be at least 0 and below 1, got \(rate)"
        case .slope(let place, let kind, let slope):
            "\(place) \(kind): the slope must be at least 0 and below 1, got \(slope)"
        case .layerInput(let place, let kind, let wanted, let input):
            "\(place) \(kind): expects \(wanted), gets \(Self.batched(input))"
        case .layerSize(let place, let kind, let inputs, let outputs):
            "\(place) \(kind): \(inputs) times \(outputs) weights; must be 1 to \(LayerConfig.weightLimit)"
        case .indivisible(let place, let kind, let count, let parts, let what):
            "\(place) \(kind): \(count) cannot be cut evenly by \(parts) \(what)"
        case .reshape(let place, let input, let wanted):
            "\(place) reshape: \(input) has \(input.count) values, \(wanted) wants \(wanted.count)"
        case .customLayer(let place, let kind, let problem): "\(place) \(kind): \(problem)"
        case .residualShapes(let place, let layers, let shortcut):
            "\(place) residual: its layers give \(Self.batched(layers)), its shortcut \(Self.batched(shortcut)); "
                + "both must be one shape, so the shortcut needs layers that make it"
        case .branchShapes(let place, let join, let path, let shape, let first):
            "\(place) branch: path \(path) gives \(Self.batched(shape)), path 0 \(Self.batched(first)); "
                + (join == .sum
                    ? "what is added up must be of one shape"
                    : "what is concatenated may differ only in the channels, the last axis")
        case .windowAxes(let place, let kind, let name, let count, let axes):
            "\(place) \(kind): '\(name)' has \(count) numbers, its input \(axes) axes beside the channels"
        case .windowValue(let place, let kind, let name, let value, let least):
            "\(place) \(kind): '\(name)' must be at least \(least), got \(value)"
        case .windowExtent(let place, let kind, let extent, let padded):
            "\(place) \(kind): a window of \(extent) does not fit an axis of \(padded) with its padding; "
                + "a smaller one, or 'padding: same'?"
        case .poolingPadding(let place, let kind, let padding, let size):
            "\(place) \(kind): with a padding of \(padding) some windows of \(size) see nothing"
        case .unknownTokens(let place):
            "\(place) visible_tokens: what hides its tokens is not known, since they come from no values of the sample alone; "
                + "it stands behind 'patch_embedding', 'token_embedding' or 'dense', and before what mixes or moves positions"
        case .tokensTwice(let place, let kind):
            kind == LayerKind.restoreTokens.rawValue
                ? "\(place) restore_tokens: no token was left out; a 'visible_tokens' is missing before it"
                : "\(place) visible_tokens: its tokens are the visible ones already; "
                    + "a 'restore_tokens' is missing before it"
        case .tokensInPath(let place, let kind):
            "\(place) \(kind): all paths of a residual or a branch must have the same tokens, so it stands in none"
        case .positionsOfVisible(let place):
            "\(place) positions: would number the visible tokens, wherever these stood; put it before 'visible_tokens'"
        case .visibleTokensOnly(let place, let kind):
            "\(place) \(kind): gets the visible tokens alone, in each batch another number of them; "
                + "a 'restore_tokens', 'mean_token' or 'first_token' is missing before it"
        case .outputsOfVisible:
            "model: the last layer gives the visible tokens alone; a 'restore_tokens' is missing"
        case .noClasses(let place):
            "\(place) dense: the data has no classes to count; 'dense: 10' says how many outputs it has"
        case .noVocabulary(let place, let sample):
            "\(place) token_embedding: the data has no vocabulary, its samples are values \(sample); "
                + "'token_embedding: { tokens: 1000, width: 64 }' says how many tokens there are"
        case .namedModel(let name, let sample, let others):
            "model '\(name)' is for other samples than \(sample); for these there are "
                + others.joined(separator: ", ")
        case .lastOutputs(let output, let classes):
            "\(Self.given(output)), the data has \(classes) classes; "
                + "'dense: \(classes)' as the last layer?"
        case .outputsBesideSamples(let output, let samples):
            "\(Self.given(output)), the loss compares it with samples "
                + "\(Self.batched(samples)); 'dense: \(samples.count)' as the last layer?"
        case .outputsBesideTokens(let output, let wanted):
            "\(Self.given(output)), the loss wants \(Self.batched(wanted)), a value for each "
                + "token at each position; 'dense: \(wanted.sizes.last!)' as the last layer?"
        case .headsNotLast(let place):
            "\(place) heads: must stand last in the model's list, behind the layers that all heads share"
        case .headWithoutLoss(let name): "the loss has nothing for the model's head '\(name)'"
        case .lossBesideHeads(nil, let heads):
            "the model has the heads \(heads.joined(separator: ", ")), each of which wants a loss: 'loss: { heads: { "
                + heads.map { "\($0): …" }.joined(separator: ", ") + " } }'"
        case .lossBesideHeads(let name?, let heads) where heads.isEmpty:
            "the loss has a head '\(name)', the model has none; "
                + "'heads: { \(name): [dense: classes], … }' as the last layer?"
        case .lossBesideHeads(let name?, let heads):
            "the loss has a head '\(name)', which the model has not; known are "
                + heads.joined(separator: ", ") + Suggestion.hint(name, among: heads)
        case .noWeights:
            "model: no layer has weights, so there is nothing to train; 'dense' has"
        case .missingWeight(let name, let shape):
            "weight '\(name)' \(shape) is missing; saved from another model?"
        case .unknownWeight(let name, let known):
            "weight '\(name)' is not in the model, which has \(known.joined(separator: ", "))"
        case .weightShape(let name, let found, let wanted):
            "weight '\(name)' is \(found), the model wants \(wanted); saved from another model?"
        case .weightCount(let name, let found, let shape):
            "weight '\(name)' has \(found) values, its shape \(shape) wants \(shape.count)"
        }
    }

    /// The layer that is to blame, where it is one.
    package var place: LayerPlace? {
        switch self {
        case .denseInput(let place, _), .denseOutputs(let place, _), .denseSize(let place, _, _),
            .rate(let place, _, _), .slope(let place, _, _),
            .layerInput(let place, _, _, _), .layerSize(let place, _, _, _),
            .indivisible(let place, _, _, _, _),
            .reshape(let place, _, _), .customLayer(let place, _, _), .noClasses(let place),
            .unknownTokens(let place), .tokensTwice(let place, _), .tokensInPath(let place, _),
            .positionsOfVisible(let place), .visibleTokensOnly(let place, _),
            .noVocabulary(let place, _),
            .residualShapes(let place, _, _), .branchShapes(let place, _, _, _, _),
            .windowAxes(let place, _, _, _, _),
            .windowValue(let place, _, _, _, _),
            .windowExtent(let place, _, _, _), .poolingPadding(let place, _, _, _),
            .headsNotLast(let place):
            place
        case .lastOutputs(let output, _), .outputsBesideSamples(let output, _),
            .outputsBesideTokens(let output, _):
            output.place
        default: nil
        }
    }

    /// `model: the last layer gives [batch, 12]`, or of a head `model[3].heads.classes[1]: …`.
    private static func given(_ output: ModelPlan.Output) -> String {
        (output.place.map { "\($0)" } ?? "model") + ": the last layer gives \(batched(output.shape))"
    }

    private static func batched(_ shape: Shape) -> String {
        "[" + (["batch"] + shape.sizes.map(String.init)).joined(separator: ", ") + "]"
    }
}
