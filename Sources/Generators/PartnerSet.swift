import Kernels
import Tensors
import VectorKernels

/// The partners of the samples that one worker makes: each is another sample of the data set, by address, put through the
/// part of the chain that comes before it.
final class PartnerSet {
    private struct Member {
        let key: UInt64
        let workspace: Workspace
        let values: Buffer<Float>
        let scratch: Buffer<Float>
        var id: UInt64 = 0
    }

    private let source: (any SampleSource)?
    private var members: [Member?]
    private var targets: [Buffer<Float>]
    /// Of a sample's first axis.
    private let size: Int
    /// The optimiser's step that the samples are made for.
    var step = 0

    init(_ program: Program, kernels: NoiseKernels, source: (any SampleSource)?) {
        (self.source, size) = (source, program.shape.size(0))
        let count = program.shape.count
        members = program.partners.map { partner in
            partner.map {
                Member(
                    key: $0.key, workspace: Workspace($0.program, kernels: kernels, source: source),
                    values: Buffer(count: count), scratch: Buffer(count: count))
            }
        }
        targets = members.map { _ in Buffer(count: 0) }
    }

    /// The id of a sample's partner.
    func id(_ place: Int, of sample: UInt64, epoch: UInt32) throws -> UInt64 {
        source?.leavesOutUnreadable == true
            ? try clean(place, of: sample, epoch: epoch).id : drawn(place, of: sample, epoch: epoch)
    }

    /// How many places along the first axis of a sample's partner are real.
    func length(_ place: Int, of sample: UInt64, epoch: UInt32) throws -> Int {
        let length = try clean(place, of: sample, epoch: epoch).sample.length
        return max(0, min(length ?? size, size))
    }

    private func drawn(_ place: Int, of sample: UInt64, epoch: UInt32) -> UInt64 {
        let address = DrawAddress(key: members[place]!.key, epoch: epoch, sample: sample)
        return Self.partner(of: sample, in: source?.ids ?? SampleIDs(sample..<sample + 1), address: address)
    }

    /// A sample's partner as the chain begins with it: the one that was drawn, or, where those are left out that cannot be read, the next one that can.
    private func clean(
        _ place: Int, of sample: UInt64, epoch: UInt32
    ) throws -> (id: UInt64, sample: CleanSample) {
        guard let source else { preconditionFailure("a chain with partners wants a source of samples") }
        var (id, triesLeft) = (drawn(place, of: sample, epoch: epoch), source.ids.count)
        while true {
            do {
                let member = members[place]!
                let sample = try member.workspace.sample(
                    id, epoch: Int(epoch), step: step, scratch: member.scratch.pointer)
                return (id, sample)
            } catch {
                triesLeft -= 1
                guard triesLeft > 0, source.leavesOut(error), let own = source.ids.place(of: id) else {
                    throw error
                }
                let next = source.ids[(own + 1) % source.ids.count]
                id = next == sample ? source.ids[(own + 2) % source.ids.count] : next
            }
        }
    }

    /// Another sample than `sample`, each as likely; `sample` itself where it is alone.
    static func partner(of sample: UInt64, in ids: SampleIDs, address: DrawAddress) -> UInt64 {
        let others = ids.count - 1
        guard others > 0, let own = ids.place(of: sample) else { return sample }
        let place = own + Int((UInt64(address.bits(0)) * UInt64(others)) >> 32) + 1
        return ids[place > others ? place - others - 1 : place]
    }

    /// The values of a sample's partner.
    func values(_ place: Int, of sample: UInt64, epoch: UInt32) throws -> UnsafePointer<Float> {
        let (id, clean) = try clean(place, of: sample, epoch: epoch)
        let member = members[place]!
        try member.workspace.run(
            clean, id: id, epoch: Int(epoch), step: step, values: member.values.pointer, mask: nil)
        members[place]!.id = id
        return UnsafePointer(member.values.pointer)
    }

    /// target = share · target + (1 − share) · the partner's own target, for the partner that was made last.
    func blend(_ place: Int, share: Float, classes: Int, into target: UnsafeMutablePointer<Float>) {
        // A sample that is not blended has no partner, and the last one's may be of any sample.
        guard share != 1, let member = members[place], let source else { return }
        if targets[place].count != classes { targets[place] = Buffer(count: classes) }
        let other = targets[place].pointer
        member.workspace.writeTarget(label: source.label(member.id), classes: classes, to: other)
        for index in 0..<classes { target[index] = share * target[index] + (1 - share) * other[index] }
    }
}
