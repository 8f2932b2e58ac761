using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Reflection;
using System.Reflection.Emit;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// The fields that a function reads, itself and by the methods of its own assembly that it calls. What a lambda has
/// captured
/// lies in one object with all that its neighbours have captured: only what it reads is its own.
/// </summary>
internal static class FieldsRead
{
    private const int Deepest = 4;

    private static readonly FrozenDictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToFrozenDictionary(code => code.Value);

    /// <summary>Of one function.</summary>
    public static IReadOnlySet<FieldInfo> By(MethodInfo function)
    {
        var (fields, seen) = (new HashSet<FieldInfo>(), new HashSet<MethodBase>());
        Add(function, function.Module.Assembly, fields, seen, 0);
        return fields;
    }

    private static void Add(
        MethodBase method, Assembly assembly, HashSet<FieldInfo> fields, HashSet<MethodBase> seen, int depth)
    {
        if (depth > Deepest || method.Module.Assembly != assembly || !seen.Add(method)) return;
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il) return;
        for (var at = 0; at < il.Length;)
        {
            var code = Codes[il[at] == 0xFE ? (short)(0xFE00 | il[at + 1]) : il[at]];
            at += code.Size;
            if (code.OperandType is OperandType.InlineField or OperandType.InlineMethod)
            {
                switch (Resolve(method, BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at))))
                {
                    case FieldInfo field: fields.Add(field); break;
                    case MethodBase called: Add(called, assembly, fields, seen, depth + 1); break;
                }
            }
            at += SizeOf(code.OperandType, il, at);
        }
    }

    private static MemberInfo? Resolve(MethodBase method, int token)
    {
        try
        {
            return method.Module.ResolveMember(
                token, method.DeclaringType?.GetGenericArguments(),
                method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (ArgumentException)
        {
            // A member of a generic type whose arguments are not known here: there is nothing to look at.
            return null;
        }
    }

    private static int SizeOf(OperandType type, byte[] il, int at) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)),
        _ => 4,
    };
}
