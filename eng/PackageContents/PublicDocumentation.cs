using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace FastTrainLog.PackageContents;

/// <summary>The documentation of an assembly as its users read it: of the types that they can name, and of those types' members that they can call.</summary>
internal static class PublicDocumentation
{
    /// <summary>Removes all else from a file of documentation.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="xml">The file.</param>
    public static void Write(string assembly, string xml)
    {
        XDocument documentation = XDocument.Load(xml, LoadOptions.PreserveWhitespace);
        HashSet<string> types = PublicTypes(assembly, out HashSet<string> members);
        foreach (XElement member in documentation.Root!.Element("members")!.Elements("member").ToList())
        {
            string id = member.Attribute("name")!.Value;
            string name = id[2..].Split('(')[0].Split('~')[0];
            bool isType = id.StartsWith("T:", StringComparison.Ordinal);
            if (isType ? types.Contains(name) : members.Contains(name))
            {
                continue;
            }

            // With the line break and the indent before it.
            (member.PreviousNode as XText)?.Remove();
            member.Remove();
        }

        documentation.Save(xml, SaveOptions.DisableFormatting);
    }

    private static HashSet<string> PublicTypes(string assembly, out HashSet<string> members)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        HashSet<string> types = [];
        members = [];
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            if (NameOf(metadata, handle) is not { } type)
            {
                continue;
            }

            types.Add(type);
            TypeDefinition definition = metadata.GetTypeDefinition(handle);
            foreach (MethodDefinition method in definition.GetMethods().Select(metadata.GetMethodDefinition).Where(static m => IsVisible(m.Attributes)))
            {
                string name = metadata.GetString(method.Name);
                int arity = method.GetGenericParameters().Count;
                members.Add($"{type}.{name.Replace('.', '#')}{(arity > 0 ? $"``{arity}" : string.Empty)}");
                // A property and an event are as visible as one of their accessors.
                if (method.Attributes.HasFlag(MethodAttributes.SpecialName) && name.IndexOf('_', StringComparison.Ordinal) is var prefix and > 0)
                {
                    members.Add($"{type}.{name[(prefix + 1)..]}");
                }
            }

            foreach (FieldDefinition field in definition.GetFields().Select(metadata.GetFieldDefinition))
            {
                if ((field.Attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem)
                {
                    members.Add($"{type}.{metadata.GetString(field.Name)}");
                }
            }
        }

        return types;
    }

    // Null for a type that users cannot name.
    private static string? NameOf(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        string name = metadata.GetString(type.Name);
        if (!type.GetDeclaringType().IsNil)
        {
            bool isVisible = (type.Attributes & TypeAttributes.VisibilityMask) is TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem;
            return isVisible && NameOf(metadata, type.GetDeclaringType()) is { } outer ? $"{outer}.{name}" : null;
        }

        return (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public ? $"{metadata.GetString(type.Namespace)}.{name}" : null;
    }

    private static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;
}
