import CLua
import Synchronization

/// Owns the C side of a state, and the functions that it calls.
///
/// An abandoned thread may still use both, so an abandoned host is never freed.
final class LuaHost {
    let pointer: OpaquePointer
    private let functions: Unmanaged<HostFunctions>
    private(set) var isAbandoned = false
    /// Kept for the C side, which holds its address.
    var drawSource: LuaDrawSource?
    /// Of the memory whose address the C side holds.
    var owners: [AnyObject] = []

    init(limits: LuaLimits, functions bodies: [LuaHostFunction]) throws(LuaError) {
        var cLimits = mottle_limits(
            instructions: Int64(limits.instructions), seconds: limits.seconds, grace: limits.grace,
            heap: limits.heap, block: limits.block, transfer: limits.transfer, stack: limits.stack,
            failing_from: Int64(limits.failingAllocations.lowerBound),
            failing_to: Int64(limits.failingAllocations.upperBound))
        let functions = Unmanaged.passRetained(HostFunctions(bodies: bodies.map(\.body)))
        guard let pointer = mottle_host_new(&cLimits, callHostFunction, functions.toOpaque()) else {
            functions.release()
            throw limits.error(for: MOTTLE_HEAP, file: "prelude")
        }
        (self.pointer, self.functions) = (pointer, functions)
    }

    deinit {
        guard !isAbandoned else {
            for owner in owners { _ = Unmanaged.passRetained(owner) }  // its thread may come back and write
            return
        }
        let leaked = mottle_host_free(pointer)
        functions.release()
        if leaked > 0 { leakedBytes.add(leaked) }
    }

    var values: UnsafeMutablePointer<mottle_buffer> { mottle_host_values(pointer) }

    /// Runs one of the C side's entries, and notes whether its thread came back.
    func enter(_ body: (OpaquePointer) -> mottle_outcome) -> mottle_outcome {
        let outcome = body(pointer)
        if outcome.status == MOTTLE_ABANDONED { isAbandoned = true }
        return outcome
    }
}

/// Bytes that closed states did not give back; anything but 0 is a fault of Lua's or ours.
package var leakedLuaBytes: Int { leakedBytes.count }

private let leakedBytes = LeakCount()

private final class LeakCount: Sendable {
    private let bytes = Atomic(0)
    var count: Int { bytes.load(ordering: .relaxed) }
    func add(_ count: Int) { bytes.wrappingAdd(count, ordering: .relaxed) }
}

private final class HostFunctions {
    let bodies: [(LuaCall) throws(LuaHostError) -> [LuaValue]]

    init(bodies: [(LuaCall) throws(LuaHostError) -> [LuaValue]]) {
        self.bodies = bodies
    }
}

/// The only way from Lua into Swift. All that it owns is gone when it returns; the C side raises afterwards.
private func callHostFunction(
    context: UnsafeMutableRawPointer?, function: Int32, line: Int32,
    values: UnsafeMutablePointer<mottle_buffer>?
) -> Bool {
    guard let context, let values else { return false }
    let functions = Unmanaged<HostFunctions>.fromOpaque(context).takeUnretainedValue()
    let call = LuaCall(arguments: ValueReader.values(in: values.pointee), line: Int(line))
    do {
        let results = try functions.bodies[Int(function)](call)
        if ValueWriter(results, to: values).isComplete { return true }
        write(LuaHostError(what: "the result is larger than \(values.pointee.limit / 1024) KB"), to: values)
    } catch {
        write(error, to: values)
    }
    return false
}

private func write(_ error: LuaHostError, to buffer: UnsafeMutablePointer<mottle_buffer>) {
    buffer.pointee.count = 0
    var text = error.text
    text.withUTF8 { bytes in
        // 4 KB is what the C side keeps of a message.
        _ = mottle_append(buffer, bytes.baseAddress, min(bytes.count, 4096))
    }
}
