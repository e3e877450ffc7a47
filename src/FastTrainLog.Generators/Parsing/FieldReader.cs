using System.Collections.Immutable;
using FastTrainLog.Generators.Diagnostics;
using FastTrainLog.Generators.Models;
using Microsoft.CodeAnalysis;

namespace FastTrainLog.Generators.Parsing;

/// <summary>Reads the fields of a method's records: its parameters, the properties of expanded ones, and the fields that the method adds.</summary>
internal sealed class FieldReader
{
    private const int MaxValues = 4096;

    private readonly IMethodSymbol _method;
    private readonly ImmutableArray<TemplateHole> _template;
    private readonly bool _rendersAsDefined;
    private readonly ProblemReport? _report;
    private readonly ImmutableArray<ArgumentModel>.Builder _fields = ImmutableArray.CreateBuilder<ArgumentModel>();
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _objects = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _identifiers;
    private bool _can = true;

    private FieldReader(IMethodSymbol method, ImmutableArray<TemplateHole> template, bool rendersAsDefined, ProblemReport? report)
    {
        _method = method;
        _template = template;
        _rendersAsDefined = rendersAsDefined;
        _report = report;
        _identifiers = [.. method.Parameters.Select(static p => p.Name)];
    }

    /// <summary>Reads the fields.</summary>
    /// <returns>Whether all of them can be logged.</returns>
    public static bool TryRead(
        IMethodSymbol method,
        ParameterRoles roles,
        ImmutableArray<TemplateHole> template,
        GateModel? gate,
        bool rendersAsDefined,
        ProblemReport? report,
        out ImmutableArray<ArgumentModel> fields)
    {
        var reader = new FieldReader(method, template, rendersAsDefined, report);
        foreach (IParameterSymbol parameter in roles.Arguments)
        {
            reader.AddParameter(parameter);
        }

        if (gate is not null)
        {
            reader.Add(GateReader.Count(template, reader.Unique("suppressed")), method.Locations[0]);
        }

        if (roles.Exception is { } exception && FieldMarks.Of(exception).Classification is not null)
        {
            report?.Add(Descriptors.ClassifiedException, exception.Locations[0], exception.Name);
            reader._can = false;
        }

        fields = [.. reader._fields.Select(f => f with { OtherFormats = reader.OtherFormatsOf(f) })];
        return reader._can;
    }

    private void AddParameter(IParameterSymbol parameter)
    {
        FieldMarks marks = FieldMarks.Of(parameter);
        string identifier = Identifiers.Escape(parameter.Name);
        Location place = parameter.Locations[0];
        if (!IsDepthInRange(marks, parameter.Name, place) | !IsFreeOfProviders(marks, parameter.Name, place))
        {
            return;
        }

        if (marks.MaxDepth is { } depth)
        {
            string prefix = marks.OmitsName ? string.Empty : $"{marks.TagName ?? parameter.Name}.";
            AddProperties(new PropertyPath(parameter.Type, identifier, IsConditional: false, prefix, parameter.Name, depth, marks.Classification, marks.TakesMarkedApart, [ObjectProperties.Underlying(parameter.Type)]), place);
            if (_template.FirstOrDefault(h => h.IsFor(parameter.Name)) is { } whole)
            {
                _report?.Add(Descriptors.TakenApartInMessage, place, whole.BareName, _fields.Count > 0 ? _fields[_fields.Count - 1].Name : parameter.Name + ".Name");
                _can = false;
            }

            return;
        }

        TemplateHole? hole = _template.FirstOrDefault(h => h.IsFor(marks.TagName ?? parameter.Name));
        string name = marks.TagName ?? hole?.BareName ?? parameter.Name;
        // The two forms of [LoggerMessage] have different keys: one keeps the at sign of a placeholder, the other that of a keyword.
        string stateKey = marks.TagName ?? (hole is null ? identifier : _rendersAsDefined ? hole.Name! : hole.BareName);
        AddValue(parameter.Type, new ArgumentReader(parameter.Type, identifier, isConditional: false), name, stateKey, identifier, marks, hole?.Format, isProperty: false, place);
    }

    private void AddProperties(PropertyPath path, Location place)
    {
        bool any = false;
        foreach (IPropertySymbol property in ObjectProperties.Of(path.Type))
        {
            FieldMarks marks = FieldMarks.Of(property);
            if (marks.IsIgnored)
            {
                any = true;
                continue;
            }

            any = true;
            if (!IsDepthInRange(marks, path.Prefix + property.Name, place) | !IsFreeOfProviders(marks, path.Prefix + property.Name, place))
            {
                continue;
            }

            PropertyPath below = path.To(property, marks);
            if (marks.MaxDepth is null && !(path.Depth > 1 && ObjectProperties.IsObject(property.Type)))
            {
                string name = path.Prefix + (marks.TagName ?? property.Name);
                if (path is { Depth: 1, TakesMarkedApart: false } && ObjectProperties.IsObject(property.Type))
                {
                    _report?.Add(Descriptors.DepthLimit, place, name);
                }

                if (below.IsConditional && !CanBeNull(property.Type))
                {
                    _report?.Add(Descriptors.UnsupportedType, place, name, property.Type.ToDisplayString());
                    _can = false;
                    continue;
                }

                AddValue(
                    property.Type,
                    new ArgumentReader(property.Type, below.Source, below.IsConditional),
                    name,
                    name,
                    Unique(below.Identifier),
                    marks with { Classification = below.Classification },
                    _template.FirstOrDefault(h => h.IsFor(name))?.Format,
                    isProperty: true,
                    place);
            }
            else if (path.Above.Any(t => SymbolEqualityComparer.Default.Equals(t, ObjectProperties.Underlying(property.Type))))
            {
                _report?.Add(Descriptors.PropertyCycle, place, below.Prefix.TrimEnd('.'), ObjectProperties.Underlying(property.Type).Name);
                _can = false;
            }
            else
            {
                AddProperties(below, place);
            }
        }

        if (!any)
        {
            _report?.Add(Descriptors.NoProperties, place, path.Prefix.Length > 0 ? path.Prefix.TrimEnd('.') : path.Identifier, path.Type.ToDisplayString());
            _can = false;
        }
    }

    // A value that is formatted in the call is formatted once for each of its formats; sequences have none.
    private ImmutableArray<string> OtherFormatsOf(ArgumentModel field) =>
        field.Binary.Form != ArgumentForm.Text || (field.IsSequence && !_rendersAsDefined)
            ? []
            : [.. _template.Where(h => h.IsFor(field.Name)).Select(static h => h.Format ?? string.Empty).Distinct().Where(f => f != (field.Format ?? string.Empty))];

    // A generic type may contain ever larger constructions of itself, which the check for cycles does not find, so the depth is limited.
    private bool IsDepthInRange(FieldMarks marks, string name, Location place)
    {
        bool isInRange = marks.MaxDepth is null or (>= 1 and <= FieldMarks.GreatestDepth);
        if (!isInRange)
        {
            _report?.Add(Descriptors.DepthOutOfRange, place, name, marks.MaxDepth!.Value, FieldMarks.GreatestDepth);
            _can = false;
        }

        return isInRange;
    }

    private bool IsFreeOfProviders(FieldMarks marks, string name, Location place)
    {
        if (marks.SkipsNull)
        {
            _report?.Add(Descriptors.NullIsLogged, place, name);
        }

        if (marks.HasProvider)
        {
            _report?.Add(Descriptors.TagProvider, place, name);
            _can = false;
        }

        return !marks.HasProvider;
    }

    private void AddValue(
        ITypeSymbol type, ArgumentReader reader, string name, string stateKey, string identifier, FieldMarks marks, string? format, bool isProperty, Location place)
    {
        if ((marks.Limit is not null || marks.IsSummary) && !ArgumentReader.HasNumbers(type))
        {
            _report?.Add(Descriptors.NoNumbers, place, name, type.ToDisplayString());
            _can = false;
            return;
        }

        if (marks.Limit is < 1 or > MaxValues)
        {
            _report?.Add(Descriptors.LimitOutOfRange, place, name, marks.Limit.Value, MaxValues);
            _can = false;
            return;
        }

        if (marks.Limit is null && !marks.IsSummary && MethodChecks.CannotBeLogged(type))
        {
            _report?.Add(Descriptors.UnsupportedType, place, name, type.ToDisplayString());
            _can = false;
            return;
        }

        if (marks.Classification is null && ClassifiedParts.In(type) is { } classified)
        {
            // The value's text, or a logger that destructures it, would reveal the part.
            _report?.Add(Descriptors.ClassifiedInContainer, place, name, $"{classified.ContainingType.Name}.{classified.Name}");
            marks = marks with { Classification = ClassifiedParts.Whole(classified) };
        }

        ArgumentModel field = reader.Read(name, stateKey, identifier, marks, marks.Classification?.NameIn(_method.ContainingType), format);
        Add(field with { IsRead = isProperty || (BinaryForms.IsMemory(type) && field.Source != identifier) }, place);
    }

    private void Add(ArgumentModel field, Location place)
    {
        _fields.Add(field);
        bool isNew = _names.Add(field.Name) && !_objects.Contains(field.Name);
        for (int dot = field.Name.IndexOf('.'); dot > 0; dot = field.Name.IndexOf('.', dot + 1))
        {
            // In JSON a member cannot be both a value and an object.
            string above = field.Name.Substring(0, dot);
            _objects.Add(above);
            isNew &= !_names.Contains(above);
        }

        if (!isNew)
        {
            _report?.Add(Descriptors.SameName, place, _method.Name, field.Name);
            _can = false;
        }
    }

    // These types cannot be the result of an expression with ?.
    private static bool CanBeNull(ITypeSymbol type) => !type.IsRefLikeType && type is not ITypeParameterSymbol { IsReferenceType: false, IsValueType: false };

    private string Unique(string identifier)
    {
        while (!_identifiers.Add(identifier))
        {
            identifier += "_";
        }

        return identifier;
    }
}
