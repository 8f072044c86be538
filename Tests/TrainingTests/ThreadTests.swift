import Kernels
import Testing

@testable import Training

@Suite(.serialized) struct ThreadTests {
    @Test(arguments: InstructionSet.supported, ThreadModel.all)
    func `weights of every kind of model are bit-equal for any number of threads`(
        set: InstructionSet, model: ThreadModel
    ) throws {
        let wanted = try model.trainer(threads: 1, set: set)
        try model.take(0..<9, wanted)
        for threads in [2, 3, 8] {
            let found = try model.trainer(threads: threads, set: set)
            try model.take(0..<9, found)
            #expect(found.state == wanted.state, "\(threads) threads")
        }
    }

    @Test(arguments: InstructionSet.supported, ThreadModel.all)
    func `a trainer of every kind of model goes on to the same bits with another number of threads`(
        set: InstructionSet, model: ThreadModel
    ) throws {
        let whole = try model.trainer(threads: 2, set: set)
        try model.take(0..<4, whole)
        let state = whole.state
        try model.take(4..<9, whole)
        let resumed = try model.trainer(threads: 3, set: set)
        try resumed.restore(state)
        try model.take(4..<9, resumed)
        #expect(resumed.state == whole.state)
        // The comparison sees what was done, and that the state was needed.
        #expect(state != whole.state)
        let without = try model.trainer(threads: 1, set: set)
        try model.take(4..<9, without)
        #expect(without.state.arrays != whole.state.arrays)
    }
}
