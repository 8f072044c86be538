import CLua

/// Owns the C side of a state, and the functions that it calls.
///
/// An abandoned thread may still use both, so an abandoned host is never freed.
final class LuaHost {
    let pointer: OpaquePointer
    private let functions: Unmanaged<HostFunctions>
    private(set) var isAbandoned = false
    /// Kept for the C side, which holds its address.
    var drawSource: LuaDrawSource?

    init(limits: LuaLimits, functions bodies: [LuaHostFunction]) {
        var cLimits = mottle_limits(
            instructions: Int64(limits.instructions), seconds: limits.seconds, grace: limits.grace,
            heap: limits.heap, block: limits.block, transfer: limits.transfer, stack: limits.stack)
        functions = .passRetained(HostFunctions(bodies: bodies.map(\.body)))
        guard let pointer = mottle_host_new(&cLimits, callHostFunction, functions.toOpaque()) else {
            preconditionFailure("no memory for a Lua state of \(limits.heap) bytes")
        }
        self.pointer = pointer
    }

    deinit {
        guard !isAbandoned else { return }
        mottle_host_free(pointer)
        functions.release()
    }

    var values: UnsafeMutablePointer<mottle_buffer> { mottle_host_values(pointer) }

    /// Runs one of the C side's entries, and notes whether its thread came back.
    func enter(_ body: (OpaquePointer) -> mottle_outcome) -> mottle_outcome {
        let outcome = body(pointer)
        if outcome.status == MOTTLE_ABANDONED { isAbandoned = true }
        return outcome
    }
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
