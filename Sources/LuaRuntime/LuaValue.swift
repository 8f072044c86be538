/// A value that crosses between Swift and Lua.
package enum LuaValue: Sendable, Equatable {
    case none
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    /// Lua's strings are bytes; what is not UTF-8 is repaired on its way to Swift.
    case string(String)
    /// A table's elements 1 … n and its string keys. Other keys, and depths over 16, cannot cross.
    case table(list: [LuaValue], fields: [String: LuaValue])
    /// A Lua function, kept alive in the state until it closes. Equal functions of a state compare equal.
    case function(LuaFunction)
    /// A host object: userdata that holds nothing but these numbers.
    case object(LuaObject)
}

package struct LuaFunction: Sendable, Equatable {
    let reference: Int32
}

/// What a script holds of a value that lives in Swift.
package struct LuaObject: Sendable, Equatable {
    /// Which of the state's classes (its place in the list that the state was made with) gives the metatable.
    package var type: Int
    package var id: UInt32
    /// Grows with each call into the script, so an object kept from an earlier one is found out.
    package var generation: UInt32

    package init(type: Int, id: UInt32, generation: UInt32) {
        (self.type, self.id, self.generation) = (type, id, generation)
    }
}
