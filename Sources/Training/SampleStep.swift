/// A task that can be done for a few samples after others, each of which is one thing in a row.
protocol SampleTask {
    /// Works on some samples, on which no other thread works at the same time.
    func work(_ share: SampleShare)
}

extension SampleTask where Self: SharedTask {
    func work(_ share: SampleShare) { work(share.samples) }
}

/// A task that stays as it is, with its kind, as plain numbers: nothing is counted.
struct SampleStep: BitwiseCopyable {
    private let task: UnsafeMutableRawPointer
    private let kind: any SampleTask.Type

    init<Task: SampleTask>(_ task: Task) {
        let memory = UnsafeMutablePointer<Task>.allocate(capacity: 1)
        memory.initialize(to: task)
        (self.task, kind) = (UnsafeMutableRawPointer(memory), Task.self)
    }

    func work(_ share: SampleShare) { kind.work(task, share) }
    /// Gives the task's memory back.
    func deallocate() { kind.deallocate(task) }
}

extension SampleTask {
    fileprivate static func work(_ task: UnsafeRawPointer, _ share: SampleShare) {
        task.assumingMemoryBound(to: Self.self).pointee.work(share)
    }

    fileprivate static func deallocate(_ task: UnsafeMutableRawPointer) {
        let task = task.assumingMemoryBound(to: Self.self)
        task.deinitialize(count: 1)
        task.deallocate()
    }
}

/// What a layer does for some samples of a batch.
struct SampleSteps {
    /// Writes outputs.
    var forward: SampleStep
    /// Writes the gradients for inputs, but changes no weights.
    var backward: SampleStep
}
