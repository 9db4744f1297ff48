"""Sentences about licenses in other languages than English, which scancode's rules seldom know.

Nobody here reads them: a sentence with a word of the law in a header, that no match explains, is an unknown license. One that
names a license which everybody may use, and has no word of prohibition, adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from seedbed.data.filters.license.conditions import Condition
from seedbed.data.filters.license.words import WordedText

_SCRIPTS = (
    "许可|許可|授权|授權|版权所有|版權所有|著作权|著作權|保留所有权利|保留一切|禁止|不得|严禁|嚴禁|商业用途|商業用途|商用|转载|轉載|机密|機密|专有|专利|未经|侵权|开源协议|协议开源|仅供|僅供|仅限|僅限|"
    "社外秘|部外秘|関係者外|許諾|禁じ|ライセンス|使用許諾|無断|再配布|転載|複製|著作権|利用規約|秘密|改変|非営利|営利|라이선스|라이센스|저작권|무단|금지|허가|상업적|배포|기밀|лицензи|ліцензі|лиценз|авторск|"
    "авторськ|права защищены|права захищені|все права|всі права|запрещ|заборон|распростран|разрешен|дозвол|"
    "конфиденциальн|коммерческ|некоммерческ|собственност|коммерційн|комерційн|"
    "власністю|власність компан|конфіденційн|άδεια χρήσης|πνευματικ|δικαιώματα|απαγορεύ|رخصة|"
    "ترخيص|حقوق|محفوظة|يحظر|רישיון|זכויות|שמורות|אסור|लाइसेंस|अधिकार|ใบอนุญาต|สงวนลิขสิทธิ์|ห้าม|"
    "社外秘|取扱注意|許可なく|個人利用|配布不可|转用|内部使用|内部资料|內部使用|保密|非商用|个人使用|学习交流|请勿|勿外传|사내|대외비|비상업|개인적|복제|"
    "внутреннего использования|только для|личного использования|не копировать|с разрешения|внутрішнього використання|"
    "лише для|тільки для"
).split("|")
"""Chinese, Japanese, Korean; Cyrillic, Greek, Semitic and Indic scripts, Thai."""

_LATIN = re.compile(
    (
        r"\bnur für (?:den |die |das )?(?:intern|privat|persönlich|nicht)\w*|\bintern(?:en|er)? (?:gebrauch|gebruik|nutzung|"
        r"verwendung|bruk|brug)\b|\bnutzung nur\b|"
        r"\bnicht (?:weitergeben|verbreiten|kopieren|veröffentlichen|zur weitergabe)\b|\busage (?:interne|personnel|privé)\b|"
        r"\bne pas (?:diffuser|copier|distribuer|reproduire|divulguer|utiliser)\b|"
        r"\bdiffusion (?:interdite|restreinte|interne)\b|\buso (?:interno|pessoal|personale|exclusivo|consentito|"
        r"restringido)\b|\bno (?:distribuir|copiar|redistribuir|divulgar|publicar)\b|"
        r"\bnon (?:distribuire|copiare|divulgare|diffondere)\b|\bscopo (?:personale|didattico|privato)\b|\bnão (?:distribuir|"
        r"copiar|divulgar)\b|\bsomente para\b|\bniet (?:verspreiden|kopiëren|doorgeven)\b|"
        r"\balleen voor\b|\bkişisel kullanım\b|\bdağıtılamaz\b|\bkopyalanamaz\b|\bticari\b|\bizinsiz\b|\bnie (?:kopiować|"
        r"rozpowszechniać)\b|\bpouze pro\b|\bwewnętrznego\b|"
        # German
        r"\b(?:open.?source.?)?lizen[zs]\w*|\b\w{0,60}lizenz(?:en|iert|vertrag|bedingung\w*)?\b|\burheber\w*|"
        r"alle rechte vorbehalten|"
        r"rechte vorbehalten|\bweitergabe\b|\bvervielfältig\w*|"
        r"\bunbefugt\w*|\bverboten\b|\buntersagt\b|\bvertraulich\w*|\bgewerblich\w*|\bkommerziell\w*|\bnicht gestattet\b|"
        r"\bgenehmigung\b|\bnutzungs(?:recht|bedingung)\w*|"
        r"\bbetriebsgeheimnis\w*|\bgeschäftsgeheimnis\w*|\bschriftliche\w*|\bprivatgebrauch\b|\bgeistiges eigentum\b|"
        r"\beigentum (?:der|von|des)\b|\beinwilligung\b|\bzustimmung\b|\bweitergegeben\b|"
        r"\bnur für (?:den |die |das )?(?:priva|interne|"
        r"eigenen|persönlich|nicht)\w*|"
        # French
        r"\btous droits réservés\b|\bdroits d'auteur\b|\blogiciel libre\b|\bsous licence\b|\blicence publique\b|\bsous (?:la |"
        r"les termes de la )?licence\b|\binterdit\w*|\breproduction\b(?= (?:est|int|totale|partielle))|"
        r"\bredistribu(?:er|ée?s?)\b|\bconfidentiel\w*|\busage (?:commercial|personnel|interne|privé|non commercial)\b|"
        r"\bpropriété (?:de|exclusive|intellectuelle)\b|\bautorisation\b(?= (?:écrite|préalable|expresse|de))|"
        r"\bsans (?:l')?autorisation\b|\baccord écrit\b|\butilisation (?:commerciale|personnelle|interdite|réservée)\b|"
        r"\bne (?:peut|peuvent|doit|doivent) (?:pas )?être\b|"
        # Spanish, Portuguese, Italian, Catalan, Romanian
        r"\blicencia\w*|\btodos los derechos reservados\b|\bderechos (?:reservados|de autor)\b|\bprohibid[oa]s?\b|"
        r"\bsoftware libre\b|\buso (?:comercial|personal|interno|privado|no comercial|académico)\b|"
        r"\bsin (?:el )?(?:permiso|consentimiento|autorización)\b|\bpropiedad (?:de|exclusiva|intelectual)\b|"
        r"\bconfidencial\w*|\bno (?:está )?permitid[oa]\b|\bredistribuir\w*|\bcopiar o distribuir\b|"
        r"\blicença\w*|\blicenciad[oa]\b|\btodos os direitos reservados\b|\bdireitos (?:reservados|autorais)\b|"
        r"\bproibid[oa]s?\b|\bsoftware livre\b|\bpropriedade (?:de|da|do|exclusiva|intelectual)\b|\buso (?:pessoal|"
        r"não comercial)\b|"
        r"\bsem (?:a )?(?:permissão|autorização|consentimento)\b|\blicenza\b|\btutti i diritti (?:sono )?riservati\b|"
        r"\bdiritti (?:riservati|d'autore)\b|\bvietat[oaie]\b|\bsoftware libero\b|\buso (?:commerciale|personale|interno|"
        r"privato)\b|"
        r"\briservat[oaie]\b|\bproprietà (?:di|della|del|esclusiva|intellettuale)\b|\bsenza (?:il )?(?:permesso|consenso|"
        r"autorizzazione)\b|\bllicència\b|\btoate drepturile rezervate\b|\blicență\b|\binterzis\w*|"
        # Dutch, Scandinavian, Finnish, Polish, Czech, Slovak, Hungarian, Turkish, Vietnamese, Indonesian
        r"\bverveelvoudigd\b|\btoestemming van\b|\bschriftelijke toestemming\b|\beigendom van\b|\bopenbaar gemaakt\b|"
        r"\bcommerciële (?:doeleinden|gebruik)|\bpoufn\w+|\bwłasność (?:firmy|spółki|autor\w+)|\bzgody (?:autora|właściciela)|"
        r"\bticari\b|\bizinsiz\b|\bpouze pro (?:osobní|nekomerční|interní|vlastní|soukromé)|\bkomerční\w*|\bnekomerční\w*|"
        r"\bsouhlasu\b|\bnení povoleno\b|\bdůvěrn\w+|"
        r"\blicentie\w*|\balle rechten voorbehouden\b|\bverboden\b|\bvertrouwelijk\b|\blicensvillkor\b|\balla rättigheter\b|"
        r"\balle rettigheter\b|\bophavsret\b|\bförbjud\w*|\bforbudt\b|\blisens\w*|\blisenssi\w*|"
        r"\bkaikki oikeudet\b|\blicencj[aięą]\w*|\bwszelkie prawa zastrzeżone\b|\bprawa autorskie\b|\bzabronion\w*|"
        r"\bzastrzeżone\b|\bużytku (?:prywatnego|niekomercyjnego|osobistego|wewnętrznego)\b|\bpoufne\b|"
        r"\blicenc[eiíí]\w*\b(?<!licence)|\bvšechna práva\b|\bvyhrazena\b|\bzakázáno\b|\bvšetky práva\b|\bzakázané\b|"
        r"\bminden jog fenntartva\b|\bengedély\w*|\btilos\b|\blisans\w*|\btüm hakları\b|\byasakt[ıi]r|\bgizli\w*\b(?= bilgi)|"
        r"\bgiấy phép\b|\bbản quyền\b|\bcấm\b|\blisensi\b|\bhak cipta\b|\bdilarang\b"
    ).replace(" ", r"\s{1,20}"),
    re.IGNORECASE,
)
_ACCENTED = (
    "réserv|propriét|vervielfä|geschäftsgeheim|zastrzeż|użytku|licenç|permissão|autorización|autorização|förbjud|rättigh|"
    "hakları|yasaktır|"
    "kişisel|dağıtıl|kopiować|rozpowszechniać|wewnętrznego|kopiëren|persönlich|veröffentlichen|für den|"
    "giấy phép|bản quyền|práva|zakáz|licenț|préalable|écrite|únicamente|licència|rättigheter|lizenzfähig"
).split("|")
_BEYOND_ASCII = re.compile("|".join(map(re.escape, (*_SCRIPTS, *_ACCENTED))))
_TRAINING = re.compile(
    r"(?:不|勿|禁|未)[^。\n]{0,30}(?:训练|訓練|人工智能|人工智慧|机器学习|機器學習|大模型)|(?:学習|機械学習|人工知能)[^。\n]{0,30}(?:禁|でき|ません|不可|許)|"
    r"(?:학습|인공지능|기계 ?학습)[^.\n]{0,30}(?:금|않|없|불)|(?:не|запре|заборон)[^.\n]{0,60}"
    r"(?:обучени|навчанн|искусственн|штучн|нейросет|нейронн)|"
    r"(?:обучени|навчанн|искусственн|штучн|нейросет|нейронн)[^.\n]{0,60}(?:не |запре|заборон)|"
    r"\b(?:trainieren|training|entraîn\w+|entrenar|entrenamiento|treinar|treinamento|addestra\w+|trainen|trenowa\w+|trénov\w+)\b"
    r"[^.\n]{0,100}\b(?:ki|ia|ai|modell\w*|modèles?|modelos?|modelli|modellen|modeli|modelů)\b",
    re.IGNORECASE,
)
"""A use for AI, with a word of refusal beside it where the language does not tell the sentence from one about the program."""

_BESIDE_OTHERS = (
    "训练|訓練|人工智能|人工智慧|机器学习|機器學習|大模型|学習|人工知能|학습|인공지능|обучени|навчанн|искусственн|штучн|нейросет|нейронн|"
    "entraîn|trénov|modèle|modelů|être|commerciële|własność|komerčn|povoleno|osobní|důvěrn|proprietà|für "
).split("|")
_LATIN_START = re.compile(
    r"nur f|intern|nutzung|nicht |usage|ne pas|diffusion|uso |no d|no c|no r|non |scopo|somente|niet |alleen|kopyal|"
    r"ticari|izinsiz|pouze|"
    r"lizen|urheb|vorbehalt|weitergabe|verviel|unbefugt|verbot|untersagt|vertraul|gewerb|kommerz|gestattet|genehmigung|"
    r"nutzungs|schriftlich|eigentum|"
    r"droits|logiciel|licence|interdit|redistribu|confident|confiden|usage|autorisation|accord|utilisation|ne peu|ne doi|"
    r"licencia|derechos|prohibid|software li|uso |permiso|consenti|autoriza|propiedad|permitid|copiar|licen|direitos|"
    r"proibid|propriedade|permiss|diritti|"
    r"vietat|riservat|permesso|senza|rechten|verboden|vertrouwelijk|rett|forbud|oikeudet|zabron|prawa|wszelkie|jog |tilos|"
    r"lisans|lisens|tum hak|hak cipta|dilarang|llic|verveel|toestem|eigendom|openbaar|poufn|zgody|ticari|izinsiz|yasakt|"
    r"souhlas|weitergeg|train|entren|trein|addestra|trenowa",
    re.IGNORECASE,
)
_PROHIBITS = re.compile(
    r"禁止|不得|严禁|嚴禁|非商业|非商業|商业用途|商業用途|商用|仅供|僅供|仅限|僅限|未经|機密|机密|無断|금지|무단|상업|запрещ|заборон|коммерческ|защищены|конфиденц|"
    r"απαγορεύ|يحظر|אסור|"
    r"verboten|untersagt|vertraulich|nicht|nur|gewerblich|kommerziell|vorbehalten|eigentum|interdit|réserv|confidentiel|"
    r"commercial|propriété|ne peut|prohibid|reservad|sin |solo |sólo |"
    r"proibid|sem |vietat|riservat|senza|zabronion|zastrzeżone|voorbehouden|verboden|yasak|cấm|dilarang|forbudt|förbjud|"
    r"zakázán|tilos",
    re.IGNORECASE,
)
_OPEN_LICENSE = re.compile(
    r"\b(?:(?-i:MIT)|Apache(?:[ -]?(?:Licen[cs]e)?,?[ -]?(?:v|version)?\.? ?2(?:\.0)?)?|BSD(?:[ -][23](?:[ -]Clause)?)?|ISC|"
    r"zlib|CC0|Unlicense|Boost|Mulan ?PSL|0BSD|PostgreSQL|PSF)\b|木兰宽松许可证",
    re.IGNORECASE,
)
_RESTRICTED = re.compile(r"GPL|GNU|EUPL|CeCILL|MPL|EPL|BY-NC|BY-SA|SSPL|BSL|BUSL|Creative Commons", re.IGNORECASE)
_ENGLISH = frozenset("the this and you may with any that not are shall which from these must without".split())
_ENGLISH_WORDS = 2
"""Words that a sentence must have to be taken for English."""


def foreign_conditions(text: WordedText, covered: Set[int]) -> Iterator[Condition]:
    """Sentences of another language that speak of rights, where no license match explains the words that do.

    >>> [found.text for found in foreign_conditions(WordedText("# Alle Rechte vorbehalten."), set())]
    ['Alle Rechte vorbehalten.']
    """
    for sentence in text.sentences():
        words = text.words[sentence.first : sentence.last]
        if sum(word.text in _ENGLISH for word in words) >= _ENGLISH_WORDS:
            continue
        first, last = words[0], words[-1]
        raw = text.text[first.start : last.end]
        if _has_legal_words(text, raw, first.start, covered) and not _names_open_license(raw):
            yield Condition(sentence.text, sentence.lines, is_reservation=False)


def speaks_foreign(text: str) -> bool:
    """Whether a text has a word of the law in another script, or in Latin letters with accents."""
    lower = text.lower()
    return any(word in lower for word in _SCRIPTS) or any(word in lower for word in _ACCENTED)


def names_rights(text: str) -> bool:
    """Whether a text has a word that speaks of rights or of training beside others: less than `speaks_foreign` asks for."""
    lower = text.lower()
    return any(word in lower for word in _BESIDE_OTHERS)


def _has_legal_words(text: WordedText, sentence: str, start: int, covered: Set[int]) -> bool:
    if sentence.isascii():
        patterns: tuple[re.Pattern[str], ...] = (_LATIN, _TRAINING) if _LATIN_START.search(sentence) else ()
    else:
        patterns = (_BEYOND_ASCII, _LATIN, _TRAINING)
    return any(
        text.is_open(start + match.start(), start + match.end(), covered)
        for pattern in patterns
        for match in pattern.finditer(sentence.lower())
    )


def _names_open_license(sentence: str) -> bool:
    return bool(_OPEN_LICENSE.search(sentence)) and not _PROHIBITS.search(sentence) and not _RESTRICTED.search(sentence)
